//! Mail: letters to people over SMTP. Which letters there are, the features say.

pub mod sink;
#[cfg(test)]
mod tests;

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// How long one letter may take to be handed over.
const PATIENCE: Duration = Duration::from_secs(20);

/// A letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The sender's name, such as the brand's.
    pub from_name: String,
    /// The reader's address. Personal data.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// Its words.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// Why a letter did not leave, without the address it was for.
#[derive(Debug, thiserror::Error)]
pub enum MailFault {
    /// No server is set.
    #[error("no mail server is set")]
    NoServer,
    /// The address or the server's name is none.
    #[error("the letter or the server is not well-formed: {0}")]
    Form(String),
    /// The server did not take it.
    #[error("the mail server did not take the letter")]
    Refused(#[source] lettre::transport::smtp::Error),
}

/// Hands letters to a mail server. Cheap to clone.
#[derive(Clone, Default)]
pub struct Mailer {
    server: Option<(AsyncSmtpTransport<Tokio1Executor>, String)>,
}

impl Mailer {
    /// Mail over the server at `url` (`smtp://…`, `smtps://user:password@host`), in the name of the address `from`.
    /// Without a server no mail leaves.
    pub fn new(url: &str, from: &str) -> Result<Self, MailFault> {
        if url.is_empty() {
            return Ok(Self::default());
        }
        let form = |error: &dyn std::fmt::Display| MailFault::Form(error.to_string());
        from.parse::<lettre::Address>().map_err(|error| form(&error))?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|e| form(&e))?;
        let server = server.timeout(Some(PATIENCE)).build();
        Ok(Self { server: Some((server, from.to_owned())) })
    }

    /// Is a server set?
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.server.is_some()
    }

    /// Hands a letter over.
    pub async fn send(&self, letter: &Letter) -> Result<(), MailFault> {
        let (server, from) = self.server.as_ref().ok_or(MailFault::NoServer)?;
        let form = |error: &dyn std::fmt::Display| MailFault::Form(error.to_string());
        let from = from.parse().map_err(|error: lettre::address::AddressError| form(&error))?;
        let to = letter.to.parse().map_err(|error: lettre::address::AddressError| form(&error))?;
        let part = |kind: ContentType, text: &str| {
            SinglePart::builder().header(kind).body(text.to_owned())
        };
        let body = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
            .singlepart(part(ContentType::TEXT_HTML, &letter.html));
        let message = Message::builder()
            .from(Mailbox::new(Some(letter.from_name.clone()), from))
            .to(Mailbox::new(None, to))
            .subject(&letter.subject)
            .multipart(body)
            .map_err(|error| form(&error))?;
        server.send(message).await.map(drop).map_err(MailFault::Refused)
    }
}
