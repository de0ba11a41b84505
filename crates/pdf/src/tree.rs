//! The file itself: pages, fonts, and the structure that a screen reader follows.

use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::font::{Face, OBJECTS};
use crate::layout::{Laid, Part};
use crate::{Document, packed};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const INFO: Ref = Ref::new(3);
const TREE: Ref = Ref::new(4);
/// The faces' first object.
const FACES: i32 = 5;
/// The first number that is free: then come two for each page, one for each page's marks, and one for each node.
const FREE: usize = 15;

/// The first object of a face.
fn face(face: Face) -> Ref {
    Ref::new(FACES + OBJECTS * face as i32)
}

fn number(place: usize) -> Ref {
    Ref::new(i32::try_from(FREE + place).unwrap_or(i32::MAX))
}

/// Writes a document that is laid out.
pub fn write(document: &Document, laid: Laid) -> Vec<u8> {
    let count = laid.pages.len();
    let (page, drawn) = (|at: usize| number(2 * at), |at: usize| number(2 * at + 1));
    let (marks, node) = (|at: usize| number(2 * count + at), |at: usize| number(3 * count + at));
    let mut pdf = Pdf::new();
    pdf.set_version(1, 7);
    let mut catalog = pdf.catalog(CATALOG);
    catalog.pages(PAGES).lang(TextStr(&document.lang));
    catalog.mark_info().marked(true);
    catalog.viewer_preferences().display_doc_title(true);
    catalog.pair(Name(b"StructTreeRoot"), TREE);
    catalog.finish();
    pdf.document_info(INFO).title(TextStr(&document.title)).producer(TextStr("Lazo"));
    let mut pages = pdf.pages(PAGES);
    pages.kids((0..count).map(page)).count(i32::try_from(count).unwrap_or(i32::MAX));
    pages.media_box(Rect::new(0.0, 0.0, laid.size.0, laid.size.1));
    let mut resources = pages.resources();
    let mut fonts = resources.fonts();
    for one in Face::ALL {
        fonts.pair(one.name(), face(one));
    }
    fonts.finish();
    resources.finish();
    pages.finish();
    for one in Face::ALL {
        laid.letters.write(&mut pdf, one, face(one));
    }
    let mut root = pdf.indirect(TREE).dict();
    root.pair(Name(b"Type"), Name(b"StructTreeRoot")).pair(Name(b"K"), node(0));
    let mut tree = root.insert(Name(b"ParentTree")).dict();
    let mut numbers = tree.insert(Name(b"Nums")).array();
    for at in 0..count {
        numbers.item(i32::try_from(at).unwrap_or(i32::MAX)).item(marks(at));
    }
    numbers.finish();
    tree.finish();
    root.finish();
    for (at, element) in laid.nodes.iter().enumerate() {
        let mut out = pdf.struct_element(node(at));
        out.kind(element.role).parent(element.parent.map_or(TREE, node));
        let mut parts = out.children();
        for part in &element.parts {
            match part {
                Part::Node(below) => {
                    parts.struct_element(node(*below));
                }
                Part::Mark(on, mark) => {
                    parts.marked_content_ref().page(page(*on)).marked_content_id(*mark);
                }
            }
        }
    }
    for (at, one) in laid.pages.into_iter().enumerate() {
        let mut out = pdf.page(page(at));
        out.parent(PAGES).contents(drawn(at));
        out.struct_parents(i32::try_from(at).unwrap_or(i32::MAX));
        // Who goes by the keyboard goes in the order of what is said.
        out.pair(Name(b"Tabs"), Name(b"S"));
        out.finish();
        pdf.stream(drawn(at), &packed(&one.content.finish())).filter(Filter::FlateDecode);
        let mut of = pdf.indirect(marks(at)).array();
        for mark in one.marks {
            of.item(node(mark));
        }
    }
    // The same document is the same file: its name is its title's, not the hour's.
    let id = Str(document.foot.as_bytes()).0.to_vec();
    pdf.set_file_id((id.clone(), id));
    pdf.finish()
}
