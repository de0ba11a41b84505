//! Files that browsers send: written to a folder as they come, never held in memory whole, with a limit on each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::extract::{FromRequest, Multipart, Request};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::form::TOKEN;
use super::session::Made;
use super::visit::Presence;
use crate::http::Problem;

/// The most parts of a form.
const MAX_PARTS: usize = 64;
/// The longest text beside files, in octets.
const MAX_TEXT: usize = 4_000;

/// A form with files, not read yet.
pub struct Upload {
    parts: Multipart,
    presence: Option<Presence>,
}

/// A file that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What the sender calls it, without any folder.
    pub name: String,
    /// Where it lies now.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// What came: texts and files by the names of their fields.
#[derive(Debug, Default)]
pub struct Received {
    /// Texts.
    pub fields: BTreeMap<String, String>,
    /// Files.
    pub files: BTreeMap<String, Sent>,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let presence = request.extensions().get::<Presence>().cloned();
        let parts = Multipart::from_request(request, state)
            .await
            .map_err(|rejection| Problem::of_status(rejection.status()))?;
        Ok(Self { parts, presence })
    }
}

impl Upload {
    /// Writes the files below `folder`, each of at most `most` octets, and checks that the form is of this session.
    ///
    /// Texts come before files, as pages write them: a form without its token is refused before any file is read.
    pub async fn receive(mut self, folder: &Path, most: u64) -> Result<Received, Problem> {
        let mut received = Received::default();
        let (mut proven, mut count) = (false, 0_usize);
        while let Some(mut part) = self.parts.next_field().await.map_err(broken)? {
            count += 1;
            if count > MAX_PARTS {
                return Err(Problem::new(413, "too_large"));
            }
            let name = part.name().unwrap_or_default().to_owned();
            let Some(called) = part.file_name().map(plain) else {
                let mut text = Vec::new();
                while let Some(chunk) = part.chunk().await.map_err(broken)? {
                    if text.len() + chunk.len() > MAX_TEXT {
                        return Err(Problem::new(413, "too_large"));
                    }
                    text.extend_from_slice(&chunk);
                }
                let text = String::from_utf8_lossy(&text).replace('\0', "").trim().to_owned();
                if name == TOKEN {
                    proven = self.presence.as_ref().is_some_and(|presence| {
                        let tenant = presence.caller.tenancy.as_ref().map(|tenancy| tenancy.id);
                        let session = presence.session.as_ref();
                        session.is_some_and(|session| session.made(&text, tenant) == Made::Here)
                    });
                }
                received.fields.insert(name, text);
                continue;
            };
            if !proven {
                return Err(Problem::new(403, "form_stale"));
            }
            if called.is_empty() {
                continue;
            }
            let path = folder.join(stored(&name, &called));
            let mut file = File::create(&path).await.map_err(|e| unwritten(&e))?;
            let mut bytes = 0_u64;
            while let Some(chunk) = part.chunk().await.map_err(broken)? {
                bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
                if bytes > most {
                    return Err(Problem::new(413, "too_large"));
                }
                file.write_all(&chunk).await.map_err(|e| unwritten(&e))?;
            }
            file.flush().await.map_err(|e| unwritten(&e))?;
            if bytes > 0 {
                received.files.insert(name, Sent { name: called, path, bytes });
            }
        }
        if proven { Ok(received) } else { Err(Problem::new(403, "form_stale")) }
    }
}

/// A name without folders, of at most a hundred printable characters.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(100).collect()
}

/// What a file is called here: its field, and the ending that tells its form.
fn stored(field: &str, called: &str) -> String {
    let field: String = field.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let ending = called.rsplit_once('.').map_or("csv", |(_, ending)| ending);
    let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    format!("{field}.{}", ending.to_ascii_lowercase())
}

fn broken(error: axum::extract::multipart::MultipartError) -> Problem {
    Problem::of_status(error.status())
}

fn unwritten(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "an upload cannot be written");
    Problem::unavailable()
}
