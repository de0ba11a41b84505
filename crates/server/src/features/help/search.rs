//! Finding an answer in people's own words: accents, capitals and endings make no difference, and each question has words
//! that mean the same.

/// Letters of a word that must agree: endings of Spanish and English words lie behind them.
const STEM: usize = 5;
/// Words that say nothing about what is sought.
const EMPTY: [&str; 34] = [
    "a", "al", "can", "como", "con", "de", "del", "do", "donde", "el", "en", "es", "how", "i",
    "is", "la", "las", "lo", "los", "me", "mi", "mis", "my", "no", "por", "que", "se", "the", "to",
    "un", "una", "what", "y", "where",
];

/// The keys whose whole text has words of what is sought, those with the most first; all of them when nothing is.
pub fn best<'a>(keys: &[&'a str], sought: &str, whole: impl Fn(&str) -> String) -> Vec<&'a str> {
    let wanted = stems(sought);
    if wanted.is_empty() {
        return keys.to_vec();
    }
    let mut found: Vec<(usize, &str)> = Vec::new();
    for key in keys {
        let said = stems(&whole(key));
        let hits = wanted.iter().filter(|stem| said.contains(stem)).count();
        if hits > 0 {
            found.push((hits, key));
        }
    }
    // The sort is stable: of equals the one that is asked more often stays first.
    found.sort_by_key(|(hits, _)| std::cmp::Reverse(*hits));
    found.into_iter().map(|(_, key)| key).collect()
}

fn stems(text: &str) -> Vec<String> {
    let plain: String = text.to_lowercase().chars().map(plain).collect();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .filter(|word| !EMPTY.contains(word))
        .map(|word| word.chars().take(STEM).collect())
        .collect()
}

/// A letter without its accent.
fn plain(letter: char) -> char {
    match letter {
        'á' | 'à' | 'ä' | 'â' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Args, Locale};

    /// Method: what people type, with its slips, and the question that answers it first.
    #[test]
    fn r115_answers_are_found_in_peoples_own_words() {
        let whole = |locale: Locale| {
            move |key: &str| {
                let say = |part: &str| {
                    locale.text(&format!("{key}{part}"), &Args::new().text("tone", "tu"))
                };
                ["", "-answer", "-words"].map(say).join(" ")
            }
        };
        let first = |locale: Locale, typed: &str| {
            best(&super::super::portal::QUESTIONS, typed, whole(locale)).first().copied()
        };
        for (typed, key) in [
            ("caducidad", "help-when-ends"),
            ("¿CUÁNDO VENCEN MIS PUNTOS?", "help-when-ends"),
            ("no me han sumado la compra de ayer", "help-why-none"),
            ("perdi la tarjeta", "help-lost-card"),
            ("usar un cupón", "help-how-redeem"),
            ("anular un canje", "help-undo"),
            ("puntos pendientes", "help-pending"),
            ("subir a oro", "help-level"),
            ("tengo dos cuentas", "help-two-accounts"),
            ("cambiar mi correo", "help-email"),
            ("no quiero publicidad", "help-letters"),
            ("darme de baja", "help-leave"),
        ] {
            assert_eq!(first(Locale::EsEs, typed), Some(key), "{typed}");
        }
        for (typed, key) in [
            ("do my points expire", "help-when-ends"),
            ("forgot my card", "help-lost-card"),
            ("unsubscribe", "help-letters"),
            ("delete account", "help-leave"),
        ] {
            assert_eq!(first(Locale::En, typed), Some(key), "{typed}");
        }
        assert_eq!(first(Locale::EsEs, "xyzzy"), None);
        assert_eq!(best(&["b", "a"], "  ¿de la? ", |_| String::new()), ["b", "a"]);
    }
}
