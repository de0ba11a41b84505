//! Splits Rust source into code and string literals without parsing it; knows comments, raw strings and characters.

#[cfg(test)]
mod tests;

/// A string literal with the line where it starts, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// Line of the opening quote.
    pub line: usize,
    /// What stands between the quotes, escapes left as written.
    pub text: String,
}

/// A source file with its comments and literals blanked out, and its literals apart.
#[derive(Debug, Default)]
pub struct Source {
    /// The code; comments and literals are spaces, so lines and columns stay where they were.
    pub code: String,
    /// The string literals in order.
    pub literals: Vec<Literal>,
}

/// Splits one file.
pub fn split(text: &str) -> Source {
    let mut scanner =
        Scanner { chars: text.chars().collect(), at: 0, line: 1, out: Source::default() };
    while scanner.at < scanner.chars.len() {
        scanner.step();
    }
    scanner.out
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
    line: usize,
    out: Source,
}

impl Scanner {
    fn step(&mut self) {
        match (self.peek(0), self.peek(1)) {
            (Some('/'), Some('/')) => self.line_comment(),
            (Some('/'), Some('*')) => self.block_comment(),
            (Some('"'), _) => self.quoted(),
            (Some('r'), Some('"' | '#')) if !self.in_word() && self.raw_hashes().is_some() => {
                self.raw();
            }
            (Some('\''), _) => self.character(),
            _ => self.keep(),
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at.saturating_add(ahead)).copied()
    }

    /// Whether the character before belongs to a longer word (a `b` or `c` prefix does not).
    fn in_word(&self) -> bool {
        let word_at = |back: usize| {
            let c = self.at.checked_sub(back).and_then(|at| self.chars.get(at)).copied();
            c.filter(|c| c.is_alphanumeric() || *c == '_')
        };
        match word_at(1) {
            None => false,
            Some('b' | 'c') => word_at(2).is_some(),
            Some(_) => true,
        }
    }

    /// Copies one character of code.
    fn keep(&mut self) {
        if let Some(c) = self.peek(0) {
            self.out.code.push(c);
            self.advance(c);
        }
    }

    /// Replaces one character by a space, keeping line ends, and hands it out.
    fn blank(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.out.code.push(if c == '\n' { '\n' } else { ' ' });
        self.advance(c);
        Some(c)
    }

    fn advance(&mut self, c: char) {
        self.at = self.at.saturating_add(1);
        if c == '\n' {
            self.line = self.line.saturating_add(1);
        }
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth = depth.saturating_add(1),
                (Some('*'), Some('/')) => depth = depth.saturating_sub(1),
                (None, _) => return,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn quoted(&mut self) {
        let line = self.line;
        let mut text = String::new();
        self.blank();
        while let Some(c) = self.blank() {
            match c {
                '"' => break,
                '\\' => {
                    text.push(c);
                    text.extend(self.blank());
                }
                _ => text.push(c),
            }
        }
        self.out.literals.push(Literal { line, text });
    }

    /// How many `#` a raw string opens with, or nothing where no raw string opens.
    fn raw_hashes(&self) -> Option<usize> {
        let mut hashes = 0_usize;
        while self.peek(hashes.saturating_add(1)) == Some('#') {
            hashes = hashes.saturating_add(1);
        }
        (self.peek(hashes.saturating_add(1)) == Some('"')).then_some(hashes)
    }

    fn raw(&mut self) {
        let line = self.line;
        let hashes = self.raw_hashes().unwrap_or(0);
        let closing: String =
            std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
        for _ in 0..hashes.saturating_add(2) {
            self.blank();
        }
        let mut text = String::new();
        while let Some(c) = self.blank() {
            text.push(c);
            if text.ends_with(&closing) {
                text.truncate(text.len().saturating_sub(closing.len()));
                break;
            }
        }
        self.out.literals.push(Literal { line, text });
    }

    /// A character literal is blanked; a lifetime's quote is kept.
    fn character(&mut self) {
        match (self.peek(1), self.peek(2)) {
            (Some('\\'), _) => {
                for _ in 0..3 {
                    self.blank();
                }
                while self.blank().is_some_and(|c| c != '\'') {}
            }
            (Some(_), Some('\'')) => {
                for _ in 0..3 {
                    self.blank();
                }
            }
            _ => self.keep(),
        }
    }
}
