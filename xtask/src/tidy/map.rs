//! Folder names in the documents exist: prose about folders rots unless something checks it.

use crate::finding::Finding;
use crate::tree::Tree;

const MAP: &str = "docs/ARCHITECTURE.md";
const PAGES: [&str; 3] = [MAP, "docs/CONTRIBUTING.md", "README.md"];
const WHY: &str = "a map that names what is not there misleads its reader";

/// Checks every folder in backticks, and that the map names every crate.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for page in PAGES {
        let Some(text) = tree.text(page) else {
            continue;
        };
        for (line, folder) in folders_named(text) {
            if !tree.has_folder(folder) {
                let what = format!("the folder `{folder}` does not exist");
                findings.push(Finding::new(page, line, what, WHY, "correct the name or remove it"));
            }
        }
    }
    findings.extend(crates_left_out(tree));
    findings
}

fn crates_left_out(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(MAP) else {
        return Vec::new();
    };
    let named: Vec<&str> = folders_named(text).into_iter().map(|(_, folder)| folder).collect();
    let crates = tree.folders_in("crates/").into_iter().map(|name| format!("crates/{name}/"));
    crates
        .filter(|folder| !named.contains(&folder.as_str()))
        .map(|folder| {
            let what = format!("the crate `{folder}` is not on the map");
            Finding::new(MAP, 1, what, WHY, "add a line about it to the map")
        })
        .collect()
}

/// Every word in backticks that ends in `/` and has no placeholder in it, with its line.
fn folders_named(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let quoted = line.split('`').skip(1).step_by(2);
        let folders = quoted.filter(|word| {
            word.ends_with('/')
                && !word.starts_with(['/', '.'])
                && !word.contains([' ', '<', '*', ':'])
        });
        found.extend(folders.map(|folder| (index.saturating_add(1), folder)));
    }
    found
}
