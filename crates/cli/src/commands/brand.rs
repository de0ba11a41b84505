//! `lazo brand check`: what could be better about brands' kits, and what to write instead.

use std::collections::BTreeMap;
use std::path::Path;

use lazo_server::features::brands;
use lazo_server::web::kit::BrandKit;
use lazo_server::web::kit_findings::{KitFinding, between};

use crate::args::{Brand, BrandAction};
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;

pub async fn run(context: &Context, args: Brand) -> Result<(), Fault> {
    let BrandAction::Check { file } = args.action;
    let kits = match file {
        Some(file) => of_file(&file)?,
        None => of_tenant(context).await?,
    };
    let mut found: Vec<(String, KitFinding)> = Vec::new();
    for (code, kit) in &kits {
        found.extend(kit.findings().into_iter().map(|finding| (code.clone(), finding)));
    }
    found.extend(between(&kits));
    let mut table = context.printer.table(&["brand", "where", "what", "mend"]);
    let blocking = found.iter().filter(|(_, finding)| finding.blocks).count();
    let count = found.len();
    for (brand, finding) in found {
        table.row(vec![
            Cell::text(brand),
            Cell::text(finding.pointer),
            Cell::text(finding.what),
            Cell::text(finding.mend.unwrap_or_default()),
        ])?;
    }
    if count > 0 {
        table.end()?;
    }
    context.printer.say(format!("{} brand(s) checked: {count} finding(s)", kits.len()));
    if blocking > 0 { Err(Fault::not_in_order()) } else { Ok(()) }
}

async fn of_tenant(context: &Context) -> Result<BTreeMap<String, BrandKit>, Fault> {
    let app = context.existing().await?;
    let tenant = context.tenant(&app).await?;
    let all = brands::store::all(&app.db, tenant.id).await?;
    let kit = |brand: brands::Brand| (brand.config.code, brand.config.kit.unwrap_or_default());
    Ok(all.into_iter().map(kit).collect())
}

/// Brands of a document, also of one whose kits are refused: what is wrong with them is what is asked for.
fn of_file(path: &Path) -> Result<BTreeMap<String, BrandKit>, Fault> {
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Fault::usage(format!("{name}: cannot be read: {error}")))?;
    let wrong = |error: &dyn std::fmt::Display| Fault::usage(format!("{name}: {error}"));
    let document: toml::Table = toml::from_str(&text).map_err(|error| wrong(&error))?;
    let brands = document.get("brands").and_then(toml::Value::as_array);
    let mut kits = BTreeMap::new();
    for brand in brands.into_iter().flatten() {
        let code = brand.get("code").and_then(toml::Value::as_str).unwrap_or("?");
        let kit = match brand.get("kit") {
            Some(kit) => kit.clone().try_into().map_err(|error| wrong(&error))?,
            None => BrandKit::default(),
        };
        kits.insert(code.to_owned(), kit);
    }
    if kits.is_empty() {
        return Err(Fault::usage(format!("{name}: there are no [[brands]] in it")));
    }
    Ok(kits)
}
