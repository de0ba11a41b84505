//! Folding of text: one case, no accents, words apart by single spaces.

/// Folds a text to lower-case letters and digits with single spaces between words.
///
/// Accents and combining marks go, apostrophes join what they divide, ligatures and letters with
/// strokes become their Latin base; letters of other scripts are kept in lower case.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            open(&mut folded, &mut gap);
            folded.push(character.to_ascii_lowercase());
        } else if matches!(character, '\'' | '’' | '`' | '´' | 'ʼ') || is_mark(character) {
        } else if character.is_alphanumeric() {
            open(&mut folded, &mut gap);
            for lower in character.to_lowercase().filter(|lower| !is_mark(*lower)) {
                match latin_base(lower) {
                    Some(base) => folded.push_str(base),
                    None => folded.push(lower),
                }
            }
        } else {
            gap = true;
        }
    }
    folded
}

/// Folds a text and leaves no spaces: what identifiers are compared by.
#[must_use]
pub fn squeeze(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(|c| c != ' ');
    folded
}

fn open(folded: &mut String, gap: &mut bool) {
    if *gap && !folded.is_empty() {
        folded.push(' ');
    }
    *gap = false;
}

fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')
}

/// The plain letters for an accented or joined Latin letter.
fn latin_base(character: char) -> Option<&'static str> {
    Some(match character {
        'à'..='å'
        | 'À'..='Å'
        | 'ā'
        | 'Ā'
        | 'ă'
        | 'Ă'
        | 'ą'
        | 'Ą'
        | 'ª'
        | 'ǎ'
        | 'ạ'
        | 'ả'
        | 'ấ'
        | 'ầ'
        | 'ậ'
        | 'ắ' => "a",
        'æ' | 'Æ' => "ae",
        'ç' | 'Ç' | 'ć' | 'Ć' | 'č' | 'Č' | 'ĉ' | 'Ĉ' | 'ċ' => "c",
        'ď' | 'Ď' | 'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'è'..='ë'
        | 'È'..='Ë'
        | 'ē'
        | 'Ē'
        | 'ĕ'
        | 'ė'
        | 'Ė'
        | 'ę'
        | 'Ę'
        | 'ě'
        | 'Ě'
        | 'ẽ'
        | 'ế'
        | 'ề'
        | 'ệ' => "e",
        'ğ' | 'Ğ' | 'ģ' | 'ĝ' | 'ġ' => "g",
        'ĥ' | 'ħ' | 'Ħ' => "h",
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'Ī' | 'į' | 'İ' | 'ı' | 'ĩ' | 'ị' => "i",
        'ĵ' => "j",
        'ķ' | 'Ķ' => "k",
        'ł' | 'Ł' | 'ľ' | 'Ľ' | 'ĺ' | 'ļ' => "l",
        'ñ' | 'Ñ' | 'ń' | 'Ń' | 'ň' | 'Ň' | 'ņ' => "n",
        'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' | 'ō' | 'Ō' | 'ő' | 'Ő' | 'º' | 'ơ' | 'ố' | 'ồ' | 'ộ' => {
            "o"
        }
        'œ' | 'Œ' => "oe",
        'ŕ' | 'ř' | 'Ř' => "r",
        'ś' | 'Ś' | 'š' | 'Š' | 'ş' | 'Ş' | 'ș' | 'Ș' | 'ŝ' => "s",
        'ß' | 'ẞ' => "ss",
        'ť' | 'Ť' | 'ţ' | 'Ţ' | 'ț' | 'Ț' => "t",
        'þ' | 'Þ' => "th",
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'Ū' | 'ů' | 'Ů' | 'ű' | 'Ű' | 'ų' | 'ŭ' | 'ũ' | 'ư' => {
            "u"
        }
        'ŵ' => "w",
        'ý' | 'Ý' | 'ÿ' | 'Ÿ' | 'ŷ' => "y",
        'ź' | 'Ź' | 'ż' | 'Ż' | 'ž' | 'Ž' => "z",
        _ => return None,
    })
}
