//! Settings of the installation: the defaults file, a file of one's own over it, the environment over both.

#[cfg(test)]
mod tests;

use serde::Deserialize;

use crate::http::{Limits, Proxies};
use crate::i18n::Locale;
use crate::mail::Mailer;

/// The defaults, with what each setting means.
pub const DEFAULTS: &str = include_str!("defaults.toml");
/// What the names of environment variables begin with.
const PREFIX: &str = "LAZO_";

/// The settings of an installation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where everything is kept: `sqlite://…` or `postgres://…`.
    pub database: String,
    /// Connections for reading.
    pub connections: usize,
    /// Start although the database may lose acknowledged work.
    pub allow_unsafe: bool,
    /// Where `lazo serve` listens.
    pub bind: String,
    /// How many connections `lazo serve` holds open at once.
    pub http_connections: usize,
    /// Where files live that are not in the database.
    pub data_dir: std::path::PathBuf,
    /// The language of whoever asks for no other.
    pub locale: String,
    /// May webhooks go to this machine itself, over plain HTTP?
    pub webhooks_to_this_machine: bool,
    /// Requests per second that one caller may make on average.
    pub requests_per_s: u32,
    /// Addresses and networks of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: String,
    /// Where people reach the pages, such as `https://rewards.example.com`.
    pub public_url: String,
    /// The mail server: `smtp://…` or `smtps://…`; empty sends nothing.
    pub smtp: String,
    /// The address that letters come from.
    pub mail_from: String,
    /// The name of the kind of pass that Apple gave, such as `pass.com.example.club`; empty offers none.
    pub wallet_apple_pass_type: String,
    /// Apple's name of the team that it was given to.
    pub wallet_apple_team: String,
    /// The file with the certificate that passes are signed with, as PEM.
    pub wallet_apple_certificate: String,
    /// The file with its private key, as PEM without a password.
    pub wallet_apple_key: String,
    /// The file with Apple's certificate between it and Apple's root, as PEM.
    pub wallet_apple_between: String,
    /// Where phones are told of changes; empty tells none, and they look by themselves.
    pub wallet_apple_push: String,
    /// The number of the issuer in Google's console; empty offers no Google passes.
    pub wallet_google_issuer: String,
    /// The file with the key of a service account, as Google gives it.
    pub wallet_google_key: String,
    /// Where Google is told of changes; empty tells nothing.
    pub wallet_google_api: String,
}

/// Why settings cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct ConfigFault {
    /// The file with its line, or the environment variable.
    pub place: String,
    /// What is wrong.
    pub why: String,
}

impl Config {
    /// The defaults, with `file` (its name and text) and the variables of `environment` over them.
    pub fn load(
        file: Option<(&str, &str)>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigFault> {
        let mut settings = parse("defaults.toml", DEFAULTS)?;
        if let Some((name, text)) = file {
            for (key, value) in parse(name, text)? {
                if settings.insert(key.clone(), value).is_none() {
                    let place = format!("{name}:{}", line_of(text, &key));
                    return Err(ConfigFault { place, why: format!("there is no setting `{key}`") });
                }
            }
        }
        for (name, text) in environment {
            let key = name.strip_prefix(PREFIX).map(str::to_lowercase);
            let Some(known) = key.and_then(|key| settings.get_mut(&key)) else { continue };
            *known = like(known, &text).ok_or_else(|| ConfigFault {
                place: name.clone(),
                why: format!("`{text}` is not {}", kind(known)),
            })?;
        }
        let place = file.map_or("the environment", |(name, _)| name).to_owned();
        let config: Self =
            toml::Value::Table(settings).try_into().map_err(|error: toml::de::Error| {
                ConfigFault { place: place.clone(), why: error.message().to_owned() }
            })?;
        config.locale.parse::<Locale>().map_err(|why| ConfigFault { place: place.clone(), why })?;
        config.trusted_proxies.parse::<Proxies>().map_err(|why| ConfigFault {
            place: place.clone(),
            why: format!("trusted_proxies: {why}"),
        })?;
        Mailer::new(&config.smtp, &config.mail_from)
            .map_err(|fault| ConfigFault { place, why: format!("smtp, mail_from: {fault}") })?;
        Ok(config)
    }

    /// How much one caller may ask for.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let requests_per_s = self.requests_per_s.max(1);
        let burst = requests_per_s.saturating_mul(2);
        // Checked when it was read.
        let proxies = self.trusted_proxies.parse().unwrap_or_default();
        Limits { requests_per_s, burst, proxies, ..Limits::default() }
    }

    /// What hands letters over; settings were checked when they were read.
    #[must_use]
    pub fn mailer(&self) -> Mailer {
        Mailer::new(&self.smtp, &self.mail_from).unwrap_or_default()
    }

    /// The language of whoever asks for no other.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.locale.parse().unwrap_or_default()
    }
}

fn parse(name: &str, text: &str) -> Result<toml::Table, ConfigFault> {
    text.parse().map_err(|error: toml::de::Error| {
        let offset = error.span().map_or(0, |span| span.start);
        let line = text.as_bytes().iter().take(offset).filter(|b| **b == b'\n').count() + 1;
        ConfigFault { place: format!("{name}:{line}"), why: error.message().to_owned() }
    })
}

fn line_of(text: &str, key: &str) -> usize {
    text.lines().position(|line| line.trim_start().starts_with(key)).map_or(1, |at| at + 1)
}

/// `text` as a value of the same kind as `known`.
fn like(known: &toml::Value, text: &str) -> Option<toml::Value> {
    match known {
        toml::Value::Boolean(_) => text.parse().ok().map(toml::Value::Boolean),
        toml::Value::Integer(_) => text.parse().ok().map(toml::Value::Integer),
        _ => Some(toml::Value::String(text.to_owned())),
    }
}

fn kind(known: &toml::Value) -> &'static str {
    match known {
        toml::Value::Boolean(_) => "true or false",
        toml::Value::Integer(_) => "a whole number",
        _ => "a text",
    }
}
