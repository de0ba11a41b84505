//! Code, comments and literals are told apart in the cases that fool a search for quotes.

use super::*;

fn literals(text: &str) -> Vec<(usize, String)> {
    split(text).literals.into_iter().map(|literal| (literal.line, literal.text)).collect()
}

#[test]
fn comments_are_blanked_and_lines_stay() {
    let code = split("a // b \"c\"\n/* d /* e */ \"f\" */ g\n").code;
    assert_eq!(code.lines().count(), 2);
    assert_eq!(code.split_whitespace().collect::<Vec<_>>(), ["a", "g"]);
}

#[test]
fn literals_keep_their_line_and_their_escapes() {
    let text = "f(\"one \\\" more\");\ng(\"two\n three\", b\"four\");";
    let expected = [(1, "one \\\" more"), (2, "two\n three"), (3, "four")];
    assert_eq!(literals(text), expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn raw_strings_end_at_their_own_hashes() {
    let text = "let a = r#\"say \"hi\" // no\"#; let b = br\"x\\\"; let r#type = var\"\";";
    let found: Vec<String> = literals(text).into_iter().map(|(_, text)| text).collect();
    assert_eq!(found, ["say \"hi\" // no", "x\\", ""]);
}

#[test]
fn characters_and_lifetimes_are_no_strings() {
    let text = "match c { '\"' | '\\'' | '\\u{22}' => f::<'a>(\"in\"), _ => 'b: loop {} }";
    assert_eq!(literals(text), [(1, "in".to_owned())]);
}

#[test]
fn an_open_literal_ends_with_the_file() {
    assert_eq!(literals("\"open"), [(1, "open".to_owned())]);
    assert_eq!(literals("/* open").len(), 0);
}
