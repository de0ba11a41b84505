//! Which wallets are offered: certificates, keys and addresses read from the files that the settings name.

use std::fmt;
use std::time::Duration;

use lazo_domain::time::Timestamp;
use reqwest::{Client, Identity, Url, redirect};

use super::google::Account;
use super::signature::Signer;
use crate::config::Config;

/// The longest one call to Apple or Google may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The wallets of an installation.
#[derive(Debug, Default)]
pub struct Wallet {
    /// Apple's, when there is a certificate.
    pub apple: Option<Apple>,
    /// Google's, when there is a service account.
    pub google: Option<Google>,
    /// What is wrong with the settings of either.
    pub faults: Vec<WalletFault>,
}

/// What keeps a wallet from being offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletFault {
    /// The setting.
    pub setting: &'static str,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for WalletFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.why)
    }
}

/// What Apple's passes are made with.
#[derive(Debug)]
pub struct Apple {
    /// The name of the kind of pass that Apple gave.
    pub pass_type: String,
    /// The team that it was given to.
    pub team: String,
    /// What signs.
    pub signer: Signer,
    /// Where phones are told of changes; nothing where they look by themselves.
    pub push: Option<Door>,
}

/// What Google's passes are made with.
#[derive(Debug)]
pub struct Google {
    /// The issuer's number.
    pub issuer: String,
    /// Who signs.
    pub account: Account,
    /// Where Google is told of changes; nothing where it is not.
    pub api: Option<Door>,
}

/// Somebody else's address with the client that calls it.
#[derive(Debug)]
pub struct Door {
    /// The client.
    pub client: Client,
    /// The address, without a slash at its end.
    pub base: String,
}

impl Wallet {
    /// What the settings say. A wallet whose settings are wrong is not offered; the rest of the installation works.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let mut faults = Vec::new();
        let apple = (!config.wallet_apple_pass_type.is_empty()).then(|| Apple::of(config));
        let google = (!config.wallet_google_issuer.is_empty()).then(|| Google::of(config));
        let apple = kept(apple, &mut faults);
        let google = kept(google, &mut faults);
        for fault in &faults {
            tracing::warn!(setting = fault.setting, why = %fault.why, "a wallet is not offered");
        }
        Self { apple, google, faults }
    }

    /// Until when Apple's certificate is good.
    #[must_use]
    pub fn apple_good_until(&self) -> Option<Timestamp> {
        self.apple.as_ref().map(|apple| apple.signer.good_until())
    }
}

fn kept<T>(found: Option<Result<T, WalletFault>>, faults: &mut Vec<WalletFault>) -> Option<T> {
    found?.map_err(|fault| faults.push(fault)).ok()
}

impl Apple {
    fn of(config: &Config) -> Result<Self, WalletFault> {
        let certificate = read("wallet_apple_certificate", &config.wallet_apple_certificate)?;
        let key = read("wallet_apple_key", &config.wallet_apple_key)?;
        let between = read("wallet_apple_between", &config.wallet_apple_between)?;
        if config.wallet_apple_team.is_empty() {
            return Err(fault("wallet_apple_team", "say the team"));
        }
        let signer = Signer::of(&certificate, &key, &between)
            .map_err(|why| fault("wallet_apple_certificate", why))?;
        let push = match config.wallet_apple_push.as_str() {
            "" => None,
            address => {
                let both = [key, certificate].join(&b'\n');
                let identity = Identity::from_pem(&both);
                let identity = identity.map_err(|_| {
                    fault("wallet_apple_key", "it cannot prove who we are to Apple")
                })?;
                let client = client().identity(identity);
                Some(Door::of("wallet_apple_push", address, client)?)
            }
        };
        let (pass_type, team) =
            (config.wallet_apple_pass_type.clone(), config.wallet_apple_team.clone());
        Ok(Self { pass_type, team, signer, push })
    }
}

impl Google {
    fn of(config: &Config) -> Result<Self, WalletFault> {
        let file = read("wallet_google_key", &config.wallet_google_key)?;
        let account = Account::of(&file).map_err(|why| fault("wallet_google_key", why))?;
        let api = match config.wallet_google_api.as_str() {
            "" => None,
            address => Some(Door::of("wallet_google_api", address, client())?),
        };
        Ok(Self { issuer: config.wallet_google_issuer.clone(), account, api })
    }
}

impl Door {
    /// A door that is reached over TLS, or on this machine itself for trying things out.
    fn of(
        setting: &'static str,
        address: &str,
        client: reqwest::ClientBuilder,
    ) -> Result<Self, WalletFault> {
        let url = Url::parse(address).map_err(|why| fault(setting, why))?;
        let here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        let client = match url.scheme() {
            "https" => client,
            // Without TLS nobody can agree on HTTP/2 first; Apple speaks nothing else.
            "http" if here && setting == "wallet_apple_push" => client.http2_prior_knowledge(),
            "http" if here => client,
            _ => return Err(fault(setting, "the address must begin with https://")),
        };
        let client = client.build().map_err(|why| fault(setting, why))?;
        Ok(Self { client, base: address.trim_end_matches('/').to_owned() })
    }
}

fn client() -> reqwest::ClientBuilder {
    // TLS needs a provider of cryptography in the process; whoever comes first puts the same one in.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder().redirect(redirect::Policy::none()).referer(false).timeout(TIMEOUT)
}

fn read(setting: &'static str, path: &str) -> Result<Vec<u8>, WalletFault> {
    if path.is_empty() {
        return Err(fault(setting, "name the file"));
    }
    std::fs::read(path).map_err(|why| fault(setting, why))
}

fn fault(setting: &'static str, why: impl ToString) -> WalletFault {
    WalletFault { setting, why: why.to_string() }
}
