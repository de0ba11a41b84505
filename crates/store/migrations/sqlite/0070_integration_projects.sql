-- Projects that make one program of several: where each is, its document and its rules.
-- owner: integration_projects
create table integration_project (
    tenant integer not null,
    project integer not null,
    code text not null,
    program integer not null,
    state text not null,
    paused_from text,
    document text not null,
    rules text not null,
    author text not null,
    created_at integer not null,
    changed_at integer not null,
    holder text,
    held_by text,
    held_until integer not null,
    primary key (tenant, project),
    unique (tenant, code)
) strict, without rowid;

-- Snapshots of the programs that come in: what was loaded, what its owner says that there is, and its hash.
-- owner: integration_projects
create table integration_source (
    tenant integer not null,
    project integer not null,
    source text not null,
    state text not null,
    files text not null,
    snapshot_hash text not null,
    totals text not null,
    stated text not null,
    report text not null,
    profile text not null,
    loaded_by text not null,
    loaded_at integer not null,
    primary key (tenant, project, source)
) strict, without rowid;

-- Accounts of a snapshot, compressed. They are not changed once a wave has posted them.
-- owner: integration_projects
create table integration_account (
    tenant integer not null,
    project integer not null,
    source text not null,
    member text not null,
    body blob not null,
    primary key (tenant, project, source, member)
) strict, without rowid;

-- Who the persons and companies behind accounts are. Personal data: goes when the project is abandoned or closed.
-- owner: integration_projects
create table integration_person (
    tenant integer not null,
    project integer not null,
    source text not null,
    member text not null,
    unit text not null,
    staff integer not null,
    fields text not null,
    primary key (tenant, project, source, member)
) strict, without rowid;

-- What happened in the programs before, for reading alone.
-- owner: integration_projects
create table integration_history (
    tenant integer not null,
    project integer not null,
    source text not null,
    member text not null,
    body blob not null,
    primary key (tenant, project, source, member)
) strict, without rowid;

-- Pairs of accounts believed to be one person or company, with the reasons and what people decided.
-- owner: integration_projects
create table integration_link (
    tenant integer not null,
    project integer not null,
    left_source text not null,
    left_member text not null,
    right_source text not null,
    right_member text not null,
    probability integer not null,
    band text not null,
    reasons text not null,
    decision text,
    decided_by text,
    decided_at integer,
    second_decision text,
    second_by text,
    second_at integer,
    primary key (tenant, project, left_source, left_member, right_source, right_member)
) strict, without rowid;

-- Dry runs: the hashes by which each is known, its totals, and who agreed to it.
-- owner: integration_projects
create table integration_plan (
    tenant integer not null,
    project integer not null,
    revision integer not null,
    rules text not null,
    inputs_hash text not null,
    run_hash text not null,
    manifest text not null,
    report text not null,
    approvable integer not null,
    made_by text not null,
    made_at integer not null,
    approved_by text,
    approved_at integer,
    primary key (tenant, project, revision)
) strict, without rowid;

-- Golden members: the plan of each by its hash, its wave, and what became of it.
-- owner: integration_projects
create table integration_member (
    tenant integer not null,
    project integer not null,
    golden_source text not null,
    golden_member text not null,
    accounts text not null,
    revision integer not null,
    wave integer not null,
    complexity text not null,
    status text not null,
    verdict text not null,
    points integer not null,
    plan_hash blob not null,
    state text not null,
    attempt integer not null,
    member integer,
    account integer,
    event integer,
    posted_at integer,
    primary key (tenant, project, golden_source, golden_member)
) strict, without rowid;
create index integration_member_wave on integration_member (tenant, project, wave, state, golden_source, golden_member);
create index integration_member_account on integration_member (tenant, account);

-- Which golden member an account belongs to, for accounts that are not alone.
-- owner: integration_projects
create table integration_cluster (
    tenant integer not null,
    project integer not null,
    source text not null,
    member text not null,
    golden_source text not null,
    golden_member text not null,
    primary key (tenant, project, source, member)
) strict, without rowid;
create index integration_cluster_golden on integration_cluster (tenant, project, golden_source, golden_member);

-- Waves: who ran each, what was reconciled, and who signed it.
-- owner: integration_projects
create table integration_wave (
    tenant integer not null,
    project integer not null,
    wave integer not null,
    name text not null,
    state text not null,
    import integer not null,
    members integer not null,
    posted integer not null,
    refused integer not null,
    run_by text,
    run_at integer,
    finished_at integer,
    report text,
    report_hash text,
    agrees integer not null,
    reconciled_by text,
    reconciled_at integer,
    signed_by text,
    signed_at integer,
    primary key (tenant, project, wave)
) strict, without rowid;

-- What a person has to look at.
-- owner: integration_projects
create table integration_exception (
    tenant integer not null,
    project integer not null,
    source text not null,
    member text not null,
    code text not null,
    subject text not null,
    revision integer not null,
    points integer not null,
    state text not null,
    owner text,
    note text,
    changed_by text,
    changed_at integer,
    primary key (tenant, project, source, member, code, subject)
) strict, without rowid;

-- What was asked for that a second person must agree to, and what came of it.
-- owner: integration_projects
create table integration_request (
    tenant integer not null,
    project integer not null,
    request integer not null,
    kind text not null,
    subject text not null,
    detail text not null,
    state text not null,
    asked_by text not null,
    asked_at integer not null,
    decided_by text,
    decided_at integer,
    outcome text,
    primary key (tenant, project, request)
) strict, without rowid;

-- Items of before the cut-over that come after the snapshot, by the source's own name for each.
-- owner: integration_projects
create table integration_item (
    tenant integer not null,
    project integer not null,
    source text not null,
    item text not null,
    member text not null,
    kind text not null,
    body text not null,
    received_at integer not null,
    state text not null,
    outcome text,
    primary key (tenant, project, source, item)
) strict, without rowid;
create index integration_item_member on integration_item (tenant, project, source, member, received_at);

-- What merged members may be sent and may not, with the record that proves it.
-- owner: integration_projects
create table integration_consent (
    tenant integer not null,
    member integer not null,
    purpose text not null,
    channel text not null,
    state text not null,
    at integer not null,
    controller text not null,
    evidence text not null,
    project integer not null,
    source text not null,
    source_member text not null,
    primary key (tenant, member, purpose, channel)
) strict, without rowid;
