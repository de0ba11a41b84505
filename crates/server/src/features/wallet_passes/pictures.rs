//! A brand's mark as PNG, in the sizes that wallets ask for. Nothing is fetched and no font is read.

use resvg::{tiny_skia, usvg};

use crate::web::kit::BrandKit;

/// The largest picture, in pixels a side.
pub const MAX_SIDE: u16 = 660;

/// What stands for a brand that has no mark: a ring in the colour of its card.
const NO_MARK: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="10" fill="none" stroke="COLOUR" stroke-width="6"/></svg>"#;

/// The brand's mark on its own ground, `side` pixels wide and high. Nothing when the mark cannot be drawn.
#[must_use]
pub fn mark(kit: &BrandKit, side: u16) -> Option<Vec<u8>> {
    let fallback = || NO_MARK.replace("COLOUR", &kit.light.card);
    let svg = kit.mark.clone().unwrap_or_else(fallback);
    let tree = usvg::Tree::from_str(&svg, &shut()).ok()?;
    let side = side.clamp(1, MAX_SIDE);
    let mut canvas = tiny_skia::Pixmap::new(u32::from(side), u32::from(side))?;
    let (r, g, b) = rgb(&kit.light.surface)?;
    canvas.fill(tiny_skia::Color::from_rgba8(r, g, b, 255));
    let (side, size) = (f32::from(side), tree.size());
    // A margin of a tenth keeps round corners off the mark.
    let scale = side * 0.8 / size.width().max(size.height());
    let (left, top) = ((side - size.width() * scale) / 2.0, (side - size.height() * scale) / 2.0);
    let place = tiny_skia::Transform::from_scale(scale, scale).post_translate(left, top);
    resvg::render(&tree, place, &mut canvas.as_mut());
    canvas.encode_png().ok()
}

/// The three parts of a colour written as `#rrggbb`.
#[must_use]
pub fn rgb(colour: &str) -> Option<(u8, u8, u8)> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some((part(0)?, part(2)?, part(4)?))
}

/// A reader of SVG that opens no picture inside a picture.
fn shut() -> usvg::Options<'static> {
    usvg::Options {
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    }
}
