//! Mail: letters to people over SMTP. Which letters there are, the features say.

pub mod sink;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use lazo_domain::time::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, MultiPartKind, SinglePart};
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

/// What a letter to many says in its head besides. With the same values a letter is the same to the octet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// Names the letter for ever; letters, digits and dots.
    pub name: String,
    /// Where mail programs leave the list in their reader's name (RFC 8058).
    pub unsubscribe: String,
    /// When it was written.
    pub at: Timestamp,
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
    /// The program ends, and nobody knows whether the server took it.
    #[error("handing the letter over was broken off")]
    BrokenOff,
}

impl MailFault {
    /// The server's code when it will never take the letter; nothing when it may be asked again.
    #[must_use]
    pub fn for_good(&self) -> Option<String> {
        match self {
            Self::NoServer | Self::BrokenOff => None,
            Self::Form(_) => Some("form".to_owned()),
            Self::Refused(error) if error.is_permanent() => {
                Some(error.status().map_or_else(|| "5xx".to_owned(), |code| code.to_string()))
            }
            Self::Refused(_) => None,
        }
    }

    /// Did the server say something about this one letter?
    #[must_use]
    pub fn is_answer(&self) -> bool {
        match self {
            Self::NoServer | Self::BrokenOff => false,
            Self::Form(_) => true,
            Self::Refused(error) => error.is_permanent() || error.is_transient(),
        }
    }
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
        hand_over(server, built(letter, from, None)?).await
    }

    /// Hands a letter to one of many over.
    pub async fn send_bulk(&self, letter: &Letter, bulk: &Bulk) -> Result<(), MailFault> {
        let (server, from) = self.server.as_ref().ok_or(MailFault::NoServer)?;
        hand_over(server, built(letter, from, Some(bulk))?).await
    }

    /// The octets of a letter to one of many, as [`Self::send_bulk`] hands them over.
    pub fn octets(&self, letter: &Letter, bulk: &Bulk) -> Result<Vec<u8>, MailFault> {
        let (_, from) = self.server.as_ref().ok_or(MailFault::NoServer)?;
        Ok(built(letter, from, Some(bulk))?.formatted())
    }
}

/// Hands a message over to the end, also when whoever asked for it is gone in the middle. A talk that is broken off leaves
/// an answer on its connection, which goes back to the pool and would be taken for the answer to somebody else's letter.
async fn hand_over(
    server: &AsyncSmtpTransport<Tokio1Executor>,
    message: Message,
) -> Result<(), MailFault> {
    let server = server.clone();
    let sent = tokio::spawn(async move { server.send(message).await }).await;
    sent.map_err(|_| MailFault::BrokenOff)?.map(drop).map_err(MailFault::Refused)
}

fn built(letter: &Letter, from: &str, bulk: Option<&Bulk>) -> Result<Message, MailFault> {
    let form = |error: &dyn std::fmt::Display| MailFault::Form(error.to_string());
    let address: lettre::Address =
        from.parse().map_err(|error: lettre::address::AddressError| form(&error))?;
    let to = letter.to.parse().map_err(|error: lettre::address::AddressError| form(&error))?;
    let part =
        |kind: ContentType, text: &str| SinglePart::builder().header(kind).body(text.to_owned());
    let mut body = MultiPart::builder().kind(MultiPartKind::Alternative);
    let domain = address.domain().to_owned();
    let mut message = Message::builder()
        .from(Mailbox::new(Some(letter.from_name.clone()), address))
        .to(Mailbox::new(None, to))
        .subject(&letter.subject);
    if let Some(bulk) = bulk {
        let raw = |name: &'static str, value: String| {
            HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
        };
        let micros = u64::try_from(bulk.at.0).unwrap_or(0);
        message = message
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .message_id(Some(format!("<{}@{domain}>", bulk.name)))
            .raw_header(raw("List-Unsubscribe", format!("<{}>", bulk.unsubscribe)))
            .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        body = body.boundary(format!("part-{}", bulk.name));
    }
    let body = body
        .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
        .singlepart(part(ContentType::TEXT_HTML, &letter.html));
    message.multipart(body).map_err(|error| form(&error))
}
