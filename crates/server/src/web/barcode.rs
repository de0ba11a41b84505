//! Barcodes as SVG: Code 128, set B, which every till reads, and QR codes, which every phone reads.

use maud::{Markup, html};
use qrcode::{Color, QrCode};

/// Widths of bars and gaps of each symbol, from ISO/IEC 15417; the last one is the stop.
const PATTERNS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
const START_B: usize = 104;
const STOP: usize = 106;
/// The empty space before and after, in modules.
const QUIET: u32 = 10;

/// The symbols of a text; `None` when it has letters that set B has not.
#[must_use]
pub fn symbols(text: &str) -> Option<Vec<usize>> {
    let values: Option<Vec<usize>> =
        text.bytes().map(|b| (32..127).contains(&b).then(|| usize::from(b) - 32)).collect();
    let values = values?;
    let sum: usize = values.iter().zip(1..).map(|(value, place)| value * place).sum();
    let check = (START_B + sum) % 103;
    Some([START_B].into_iter().chain(values).chain([check, STOP]).collect())
}

/// The bars of a text, from where and how wide, and how wide the whole is, in modules with the quiet at both sides; `None`
/// when it has letters that set B has not.
#[must_use]
pub fn bars(text: &str) -> Option<(Vec<(u32, u32)>, u32)> {
    let (mut dark, mut at) = (Vec::new(), QUIET);
    for symbol in symbols(text)? {
        for (place, width) in PATTERNS[symbol].bytes().enumerate() {
            let width = u32::from(width - b'0');
            if place % 2 == 0 {
                dark.push((at, width));
            }
            at += width;
        }
    }
    Some((dark, at + QUIET))
}

/// The barcode of a text with the text below it; `label` says to those who cannot see it what it is.
#[must_use]
pub fn code_128(text: &str, label: &str) -> Markup {
    let Some((dark, wide)) = bars(text) else { return html! { p.letters { (text) } } };
    let drawn: String =
        dark.iter().map(|(at, width)| format!("M{at} 0h{width}v40h-{width}z")).collect();
    let view = format!("0 0 {wide} 40");
    html! {
        div.code {
            svg viewBox=(view) preserveAspectRatio="none" role="img" aria-label=(label) { path d=(drawn) {} }
            p { (text) }
        }
    }
}

/// The modules of the QR code of a text, line by line, and how many are in a line; `None` when it is too long for one.
#[must_use]
pub fn modules(text: &str) -> Option<(Vec<bool>, usize)> {
    let code = QrCode::new(text).ok()?;
    let side = code.width();
    Some((code.to_colors().into_iter().map(|color| color == Color::Dark).collect(), side))
}

/// The QR code of a text, with four modules of quiet around it; `label` says to those who cannot see it what it is.
/// Nothing when the text is too long for one.
#[must_use]
pub fn qr(text: &str, label: &str) -> Markup {
    let Some((dark, side)) = modules(text) else { return html! {} };
    let dark = dark.into_iter().enumerate().filter(|(_, dark)| *dark);
    let squares: String =
        dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % side + 4, at / side + 4)).collect();
    let view = format!("0 0 {0} {0}", side + 8);
    html! {
        div.qr { svg viewBox=(view) role="img" aria-label=(label) shape-rendering="crispEdges" { path d=(squares) {} } }
    }
}
