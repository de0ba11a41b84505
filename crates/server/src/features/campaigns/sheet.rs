//! How a letter to many looks, as text and as HTML: its words, its button, and at its foot who sends it, why it came, and
//! the ways out. What it says and to whom, others decide.

use maud::{Markup, html};

use crate::i18n::Locale;
use crate::web::kit::BrandKit;

/// The parts of a letter.
pub struct Sheet<'a> {
    /// The language of its words.
    pub locale: Locale,
    /// In whose name it goes.
    pub brand: &'a str,
    /// How the brand looks.
    pub kit: &'a BrandKit,
    /// Paragraphs with an empty line between them.
    pub body: &'a str,
    /// The button's words and where it leads, if there is one.
    pub button: Option<&'a (String, String)>,
    /// What its reader is asked at the end: the question, and its answers with where they lead.
    pub question: Option<&'a (String, Vec<(String, String)>)>,
    /// Who answers for it.
    pub sender: &'a str,
    /// Why its reader gets it.
    pub why: &'a str,
    /// The ways out and to one's choices: words and where they lead.
    pub ways: &'a [(String, String)],
}

impl Sheet<'_> {
    /// As plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.body.trim().to_owned();
        if let Some((words, link)) = self.button {
            text.push_str(&format!("\n\n{words}: {link}"));
        }
        if let Some((question, answers)) = self.question {
            text.push_str(&format!("\n\n{question}"));
            for (words, link) in answers {
                text.push_str(&format!("\n{words}: {link}"));
            }
        }
        text.push_str(&format!("\n\n-- \n{}\n{}\n", self.sender, self.why));
        for (words, link) in self.ways {
            text.push_str(&format!("{words}: {link}\n"));
        }
        text
    }

    /// As HTML.
    #[must_use]
    pub fn html(&self) -> Markup {
        let (light, kit) = (&self.kit.light, self.kit);
        let font = kit.letters.text.join(", ").replace('"', "'");
        let page = format!(
            "margin:0;padding:24px;background:{};color:{};font:16px/1.5 {font}",
            light.paper, light.ink
        );
        let act = format!(
            "display:inline-block;padding:12px 20px;border-radius:{}px;background:{};color:{};text-decoration:none;font-weight:600",
            kit.corners.button.min(24),
            light.accent,
            light.accent_ink
        );
        html! {
            (maud::DOCTYPE)
            html lang=(self.locale.tag()) {
                head { meta charset="utf-8"; meta name="viewport" content="width=device-width"; }
                body style=(page) {
                    div style="max-width:560px;margin:0 auto" {
                        p style="font-size:20px;font-weight:700" { (self.brand) }
                        @for paragraph in self.body.trim().split("\n\n") {
                            p { @for (at, line) in paragraph.lines().enumerate() { @if at > 0 { br; } (line) } }
                        }
                        @if let Some((words, link)) = self.button { p { a href=(link) style=(act) { (words) } } }
                        @if let Some((question, answers)) = self.question {
                            p { (question) br;
                                @for (words, link) in answers { a href=(link) style=(format!("display:inline-block;padding:8px 16px 8px 0;color:{}", light.ink)) { (words) } } }
                        }
                        p style=(format!("margin-top:40px;font-size:13px;color:{}", light.muted)) {
                            (self.sender) br; (self.why)
                            @for (words, link) in self.ways { br; a href=(link) style=(format!("color:{}", light.muted)) { (words) } }
                        }
                    }
                }
            }
        }
    }
}
