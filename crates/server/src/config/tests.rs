//! Where settings come from, and what is said about bad ones.

use super::{Config, DEFAULTS};

fn env(name: &str, value: &str) -> [(String, String); 1] {
    [(name.to_owned(), value.to_owned())]
}

#[test]
fn the_environment_stands_over_the_file_and_the_file_over_the_defaults() {
    let defaults = Config::load(None, []).unwrap();
    assert_eq!(defaults.database, "sqlite://lazo.db");
    let file = Some(("my.toml", "bind = \"0.0.0.0:80\"\nconnections = 3\n"));
    let config = Config::load(file, env("LAZO_CONNECTIONS", "4")).unwrap();
    assert_eq!((config.bind.as_str(), config.connections), ("0.0.0.0:80", 4));
    assert_eq!(
        Config::load(None, env("LAZO_TEST_POSTGRES", "x")),
        Ok(defaults),
        "others are not ours"
    );
}

#[test]
fn a_bad_setting_is_named_with_its_place() {
    let unknown = Config::load(Some(("my.toml", "\nbindd = \"x\"")), []).unwrap_err();
    assert_eq!(unknown.to_string(), "my.toml:2: there is no setting `bindd`");
    let number = Config::load(None, env("LAZO_CONNECTIONS", "many")).unwrap_err();
    assert_eq!(number.to_string(), "LAZO_CONNECTIONS: `many` is not a whole number");
    let proxies = Config::load(None, env("LAZO_TRUSTED_PROXIES", "10.0.0.0/40")).unwrap_err();
    assert!(proxies.to_string().contains("trusted_proxies: `10.0.0.0/40`"), "{proxies}");
    assert!(Config::load(Some(("my.toml", "a =")), []).unwrap_err().place.starts_with("my.toml:1"));
}

#[test]
fn every_default_says_what_it_means() {
    let mut commented = false;
    for line in DEFAULTS.lines() {
        assert!(!line.contains(" = ") || line.starts_with('#') || commented, "{line}");
        commented = line.starts_with('#');
    }
}
