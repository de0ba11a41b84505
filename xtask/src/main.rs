//! The house's own tasks: `tidy` checks the rules that no compiler checks, `coverage` says which requirements are proven.

mod coverage;
mod finding;
mod rust_text;
mod tidy;
mod tree;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use tree::Tree;

const USAGE: &str = "\
usage: cargo xtask tidy               check the house rules
       cargo xtask coverage           write docs/coverage.md
       cargo xtask coverage --check   fail when docs/coverage.md is out of date
       cargo xtask bench [--help]     build the release, and measure it beside pgbench
";

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = house_root()?;
    match words.as_slice() {
        ["tidy"] => report(&tidy::check(&Tree::read(root)?)?),
        ["coverage"] => {
            let page = coverage::page(&Tree::read(root)?)?;
            std::fs::write(root.join(coverage::PAGE), &page.text)?;
            say(&format!("{}: {}", coverage::PAGE, page.summary))?;
            Ok(ExitCode::SUCCESS)
        }
        ["coverage", "--check"] => {
            let tree = Tree::read(root)?;
            let page = coverage::page(&tree)?;
            say(&page.summary)?;
            report(&coverage::compare(&tree, &page))
        }
        ["bench", rest @ ..] => bench(root, rest),
        _ => {
            std::io::stderr().write_all(USAGE.as_bytes())?;
            Ok(ExitCode::from(2))
        }
    }
}

/// Builds the release binaries and measures them.
fn bench(root: &Path, arguments: &[&str]) -> anyhow::Result<ExitCode> {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "-p", "lazo", "-p", "lazo-bench"]).current_dir(root);
    if !cargo.status()?.success() {
        return Ok(ExitCode::FAILURE);
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let bench = target.join("release/lazo-bench");
    let measured = std::process::Command::new(bench).args(arguments).status()?;
    Ok(if measured.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The folder that holds the workspace: the parent of this crate's own folder.
fn house_root() -> anyhow::Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .ok_or_else(|| anyhow::anyhow!("the xtask crate has no parent folder"))
}

/// Prints every finding and answers with the exit code that a shell expects.
fn report(findings: &[finding::Finding]) -> anyhow::Result<ExitCode> {
    for finding in findings {
        say(&finding.to_string())?;
    }
    if findings.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    say(&format!("{} finding(s)", findings.len()))?;
    Ok(ExitCode::FAILURE)
}

fn say(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(())
}
