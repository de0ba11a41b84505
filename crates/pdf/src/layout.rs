//! Where everything stands: lines broken at spaces, rows kept whole, headings kept with what follows, pages with a foot.

use pdf_writer::types::StructRole;
use pdf_writer::{Content, Name, Str};

use crate::font::{Face, Letters, plain, wide};
use crate::{Block, Document, Table};

/// A4 in points, upright.
const SHORT: f32 = 595.0;
const LONG: f32 = 842.0;
/// White around everything.
const MARGIN: f32 = 56.0;
/// White between a table's cells.
const PAD: f32 = 4.0;
/// How far a list's items stand in.
const INDENT: f32 = 14.0;

/// A text's look: face, size, and the height of its lines.
#[derive(Debug, Clone, Copy)]
pub struct Look(pub Face, pub f32, pub f32);

const TITLE: Look = Look(Face::Bold, 20.0, 26.0);
const HEADING: Look = Look(Face::Bold, 12.0, 17.0);
const BODY: Look = Look(Face::Regular, 10.5, 15.0);
const STRONG: Look = Look(Face::Bold, 10.5, 15.0);
const CELL: Look = Look(Face::Regular, 8.5, 11.5);
const HEAD: Look = Look(Face::Bold, 8.5, 11.5);
const FOOT: Look = Look(Face::Regular, 8.0, 10.0);

/// A page with what is drawn on it.
pub struct Page {
    /// What is drawn.
    pub content: Content,
    /// For each mark on it, the node that it belongs to.
    pub marks: Vec<usize>,
}

/// A node of the structure that a screen reader follows.
pub struct Node {
    /// What it is.
    pub role: StructRole,
    /// The node above; none for the first.
    pub parent: Option<usize>,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// A part of a node.
pub enum Part {
    /// Another node.
    Node(usize),
    /// A mark on a page: page and number.
    Mark(usize, i32),
}

/// A document laid out.
pub struct Laid {
    /// Width and height of its pages.
    pub size: (f32, f32),
    /// Its pages.
    pub pages: Vec<Page>,
    /// Its structure; the first is the document.
    pub nodes: Vec<Node>,
    /// The letters on them.
    pub letters: Letters,
}

/// Lays a document out.
pub fn lay(document: &Document) -> Laid {
    let size = if document.wide { (LONG, SHORT) } else { (SHORT, LONG) };
    let root = Node { role: StructRole::Document, parent: None, parts: Vec::new() };
    let laid = Laid { size, pages: Vec::new(), nodes: vec![root], letters: Letters::default() };
    let mut desk = Desk { laid, y: 0.0 };
    desk.turn();
    let title = desk.node(0, StructRole::H1);
    desk.paragraph(title, &document.title, TITLE, MARGIN);
    desk.y -= 6.0;
    for block in &document.blocks {
        desk.block(block);
    }
    desk.feet(&document.foot);
    desk.laid
}

/// A text cut into lines.
pub type Lines = Vec<String>;

struct Desk {
    laid: Laid,
    /// Where the next line's top is, from below.
    y: f32,
}

impl Desk {
    fn width(&self) -> f32 {
        self.laid.size.0 - 2.0 * MARGIN
    }

    /// A new page.
    fn turn(&mut self) {
        self.laid.pages.push(Page { content: Content::new(), marks: Vec::new() });
        self.y = self.laid.size.1 - MARGIN;
    }

    /// Turns the page unless so much fits on it.
    fn need(&mut self, height: f32) {
        if self.y - height < MARGIN + 14.0 {
            self.turn();
        }
    }

    fn node(&mut self, parent: usize, role: StructRole) -> usize {
        let place = self.laid.nodes.len();
        self.laid.nodes.push(Node { role, parent: Some(parent), parts: Vec::new() });
        self.laid.nodes[parent].parts.push(Part::Node(place));
        place
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => {
                self.y -= 8.0;
                // A heading does not stand alone at the end of a page.
                self.need(HEADING.2 + 3.0 * BODY.2);
                let node = self.node(0, StructRole::H2);
                self.paragraph(node, text, HEADING, MARGIN);
            }
            Block::Text(text) => {
                let node = self.node(0, StructRole::P);
                self.paragraph(node, text, BODY, MARGIN);
                self.y -= 4.0;
            }
            Block::Strong(text) => {
                let node = self.node(0, StructRole::P);
                self.paragraph(node, text, STRONG, MARGIN);
                self.y -= 4.0;
            }
            Block::List(items) => {
                let list = self.node(0, StructRole::L);
                for item in items {
                    self.item(list, item);
                }
                self.y -= 2.0;
            }
            Block::Table(table) => self.table(table),
        }
    }

    fn item(&mut self, list: usize, text: &str) {
        let item = self.node(list, StructRole::LI);
        self.need(BODY.2);
        let label = self.node(item, StructRole::Lbl);
        self.line(label, "•", BODY, MARGIN, self.y);
        let body = self.node(item, StructRole::LBody);
        self.paragraph(body, text, BODY, MARGIN + INDENT);
    }

    /// A text from `left` to the right margin.
    fn paragraph(&mut self, node: usize, text: &str, look: Look, left: f32) {
        let room = self.laid.size.0 - MARGIN - left;
        for line in broken(text, look, room) {
            self.need(look.2);
            self.line(node, &line, look, left, self.y);
            self.y -= look.2;
        }
    }

    /// Draws a line whose top is at `top`, as a part of a node.
    fn line(&mut self, node: usize, text: &str, look: Look, left: f32, top: f32) {
        let at = self.laid.pages.len() - 1;
        let Laid { pages, letters, .. } = &mut self.laid;
        let page = &mut pages[at];
        let mark = i32::try_from(page.marks.len()).unwrap_or(i32::MAX);
        page.marks.push(node);
        let role = Name(b"Span");
        page.content.begin_marked_content_with_properties(role).properties().identify(mark);
        draw((&mut page.content, letters), text, look, left, top);
        page.content.end_marked_content();
        self.laid.nodes[node].parts.push(Part::Mark(at, mark));
    }

    fn table(&mut self, table: &Table) {
        let node = self.node(0, StructRole::Table);
        let shares: f32 = table.columns.iter().map(|column| f32::from(column.share)).sum();
        let unit = self.width() / shares.max(1.0);
        let mut left = MARGIN;
        let columns: Vec<(f32, f32, bool)> = table
            .columns
            .iter()
            .map(|column| {
                let place = (left, f32::from(column.share) * unit, column.number);
                left += place.1;
                place
            })
            .collect();
        let titles: Vec<&str> = table.columns.iter().map(|column| column.title.as_str()).collect();
        self.row(node, &columns, &titles, StructRole::TH, None);
        for (number, row) in table.rows.iter().enumerate() {
            let cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
            let pages = self.laid.pages.len();
            let shade = match (row.marked, number % 2) {
                (true, _) => Some((1.0, 0.86, 0.86)),
                (false, 1) => Some((0.95, 0.95, 0.96)),
                _ => None,
            };
            self.need(height(&columns, &cells, CELL));
            if self.laid.pages.len() > pages {
                // Headings again, for the eye alone: the structure has them once.
                self.heads(&columns, &titles);
            }
            self.row(node, &columns, &cells, StructRole::TD, shade);
        }
        self.y -= 8.0;
    }

    fn heads(&mut self, columns: &[(f32, f32, bool)], titles: &[&str]) {
        let top = self.y;
        let Laid { pages, letters, .. } = &mut self.laid;
        if let Some(page) = pages.last_mut() {
            page.content.begin_marked_content(Name(b"Artifact"));
            for ((left, width, number), title) in columns.iter().zip(titles) {
                for (place, line) in (0_u16..).zip(broken(title, HEAD, width - 2.0 * PAD)) {
                    let x = set(&line, HEAD, *left, *width, *number);
                    let on = (&mut page.content, &mut *letters);
                    draw(on, &line, HEAD, x, top - PAD - f32::from(place) * HEAD.2);
                }
            }
            page.content.end_marked_content();
        }
        self.y -= height(columns, titles, HEAD);
    }

    fn row(
        &mut self,
        table: usize,
        columns: &[(f32, f32, bool)],
        cells: &[&str],
        role: StructRole,
        shade: Option<(f32, f32, f32)>,
    ) {
        let look = if role == StructRole::TH { HEAD } else { CELL };
        let tall = height(columns, cells, look);
        self.need(tall);
        let (top, width) = (self.y, self.width());
        if let Some(page) = self.laid.pages.last_mut() {
            page.content.begin_marked_content(Name(b"Artifact"));
            if let Some((r, g, b)) = shade {
                page.content.set_fill_rgb(r, g, b).rect(MARGIN, top - tall, width, tall);
                page.content.fill_nonzero().set_fill_gray(0.0);
            }
            page.content.set_stroke_gray(0.75).set_line_width(0.5);
            page.content.move_to(MARGIN, top - tall).line_to(MARGIN + width, top - tall).stroke();
            page.content.end_marked_content();
        }
        let row = self.node(table, StructRole::TR);
        for ((left, width, number), cell) in columns.iter().zip(cells) {
            let node = self.node(row, role);
            for (place, line) in (0_u16..).zip(broken(cell, look, width - 2.0 * PAD)) {
                let x = set(&line, look, *left, *width, *number);
                self.line(node, &line, look, x, top - PAD - f32::from(place) * look.2);
            }
        }
        self.y = top - tall;
    }

    /// The foot of every page, for the eye alone.
    fn feet(&mut self, foot: &str) {
        let (count, right) = (self.laid.pages.len(), self.laid.size.0 - MARGIN);
        let foot = plain(foot);
        let Laid { pages, letters, .. } = &mut self.laid;
        for (number, page) in pages.iter_mut().enumerate() {
            let shown = format!("{} / {count}", number + 1);
            page.content.begin_marked_content(Name(b"Artifact"));
            page.content.set_fill_gray(0.4);
            draw((&mut page.content, &mut *letters), &foot, FOOT, MARGIN, MARGIN - 10.0);
            let left = right - long(&shown, FOOT);
            draw((&mut page.content, &mut *letters), &shown, FOOT, left, MARGIN - 10.0);
            page.content.set_fill_gray(0.0);
            page.content.end_marked_content();
        }
    }
}

/// Where a cell's line begins.
fn set(line: &str, look: Look, left: f32, width: f32, number: bool) -> f32 {
    if number { left + width - PAD - long(line, look) } else { left + PAD }
}

/// How tall a row is: as its longest cell.
fn height(columns: &[(f32, f32, bool)], cells: &[&str], look: Look) -> f32 {
    let lines = columns.iter().zip(cells).map(|((_, width, _), cell)| {
        u16::try_from(broken(cell, look, width - 2.0 * PAD).len()).unwrap_or(u16::MAX)
    });
    f32::from(lines.max().unwrap_or(1).max(1)) * look.2 + 2.0 * PAD
}

fn draw(on: (&mut Content, &mut Letters), text: &str, look: Look, left: f32, top: f32) {
    let (content, letters) = on;
    content.begin_text().set_font(look.0.name(), look.1);
    // The line's letters stand so far below its top.
    content.next_line(left, top - look.1).show(Str(&letters.set(look.0, text))).end_text();
}

fn long(text: &str, look: Look) -> f32 {
    wide(look.0, text, look.1)
}

/// Cuts a text into lines that fit, at spaces; a word that is longer than a line is cut where the line ends.
pub fn broken(text: &str, look: Look, room: f32) -> Lines {
    let mut lines: Lines = vec![String::new()];
    for word in plain(text).split(' ').filter(|word| !word.is_empty()) {
        let mut word = word.to_owned();
        loop {
            let line = lines.last_mut().map(std::mem::take).unwrap_or_default();
            let joined = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
            if long(&joined, look) <= room {
                put(&mut lines, joined);
                break;
            }
            if !line.is_empty() {
                put(&mut lines, line);
                lines.push(String::new());
                continue;
            }
            let rest = word.split_off(fitting(&word, look, room));
            put(&mut lines, word);
            lines.push(String::new());
            word = rest;
            if word.is_empty() {
                break;
            }
        }
    }
    lines
}

/// Up to where a word fits into a line: one letter at least.
fn fitting(word: &str, look: Look, room: f32) -> usize {
    let ends = word.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let mut fits = 0;
    for end in ends {
        if fits > 0 && long(&word[..end], look) > room {
            break;
        }
        fits = end;
    }
    fits
}

fn put(lines: &mut Lines, line: String) {
    if let Some(last) = lines.last_mut() {
        *last = line;
    }
}
