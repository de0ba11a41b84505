-- Projects that make one program of several: where each is, its document and its rules.
-- owner: integration_projects
create table integration_project (
    tenant bigint not null,
    project bigint not null,
    code text not null,
    program bigint not null,
    state text not null,
    paused_from text,
    document text not null,
    rules text not null,
    author text not null,
    created_at bigint not null,
    changed_at bigint not null,
    holder text,
    held_by text,
    held_until bigint not null,
    primary key (tenant, project),
    unique (tenant, code)
);

-- Snapshots of the programs that come in: what was loaded, what its owner says that there is, and its hash.
-- owner: integration_projects
create table integration_source (
    tenant bigint not null,
    project bigint not null,
    source text not null,
    state text not null,
    files text not null,
    snapshot_hash text not null,
    totals text not null,
    stated text not null,
    report text not null,
    profile text not null,
    loaded_by text not null,
    loaded_at bigint not null,
    primary key (tenant, project, source)
);

-- Accounts of a snapshot, compressed. They are not changed once a wave has posted them.
-- owner: integration_projects
create table integration_account (
    tenant bigint not null,
    project bigint not null,
    source text collate "C" not null,
    member text collate "C" not null,
    body bytea not null,
    primary key (tenant, project, source, member)
);

-- Who the persons and companies behind accounts are. Personal data: goes when the project is abandoned or closed.
-- owner: integration_projects
create table integration_person (
    tenant bigint not null,
    project bigint not null,
    source text collate "C" not null,
    member text collate "C" not null,
    unit text not null,
    staff bigint not null,
    fields text not null,
    primary key (tenant, project, source, member)
);

-- What happened in the programs before, for reading alone.
-- owner: integration_projects
create table integration_history (
    tenant bigint not null,
    project bigint not null,
    source text collate "C" not null,
    member text collate "C" not null,
    body bytea not null,
    primary key (tenant, project, source, member)
);

-- Pairs of accounts believed to be one person or company, with the reasons and what people decided.
-- owner: integration_projects
create table integration_link (
    tenant bigint not null,
    project bigint not null,
    left_source text collate "C" not null,
    left_member text collate "C" not null,
    right_source text collate "C" not null,
    right_member text collate "C" not null,
    probability bigint not null,
    band text not null,
    reasons text not null,
    decision text,
    decided_by text,
    decided_at bigint,
    second_decision text,
    second_by text,
    second_at bigint,
    primary key (tenant, project, left_source, left_member, right_source, right_member)
);

-- Dry runs: the hashes by which each is known, its totals, and who agreed to it.
-- owner: integration_projects
create table integration_plan (
    tenant bigint not null,
    project bigint not null,
    revision bigint not null,
    rules text not null,
    inputs_hash text not null,
    run_hash text not null,
    manifest text not null,
    report text not null,
    approvable bigint not null,
    made_by text not null,
    made_at bigint not null,
    approved_by text,
    approved_at bigint,
    primary key (tenant, project, revision)
);

-- Golden members: the plan of each by its hash, its wave, and what became of it.
-- owner: integration_projects
create table integration_member (
    tenant bigint not null,
    project bigint not null,
    golden_source text collate "C" not null,
    golden_member text collate "C" not null,
    accounts text not null,
    revision bigint not null,
    wave bigint not null,
    complexity text not null,
    status text not null,
    verdict text not null,
    points bigint not null,
    plan_hash bytea not null,
    state text not null,
    attempt bigint not null,
    member bigint,
    account bigint,
    event bigint,
    posted_at bigint,
    primary key (tenant, project, golden_source, golden_member)
);
create index integration_member_wave on integration_member (tenant, project, wave, state, golden_source, golden_member);
create index integration_member_account on integration_member (tenant, account);

-- Which golden member an account belongs to, for accounts that are not alone.
-- owner: integration_projects
create table integration_cluster (
    tenant bigint not null,
    project bigint not null,
    source text collate "C" not null,
    member text collate "C" not null,
    golden_source text collate "C" not null,
    golden_member text collate "C" not null,
    primary key (tenant, project, source, member)
);
create index integration_cluster_golden on integration_cluster (tenant, project, golden_source, golden_member);

-- Waves: who ran each, what was reconciled, and who signed it.
-- owner: integration_projects
create table integration_wave (
    tenant bigint not null,
    project bigint not null,
    wave bigint not null,
    name text not null,
    state text not null,
    import bigint not null,
    members bigint not null,
    posted bigint not null,
    refused bigint not null,
    run_by text,
    run_at bigint,
    finished_at bigint,
    report text,
    report_hash text,
    agrees bigint not null,
    reconciled_by text,
    reconciled_at bigint,
    signed_by text,
    signed_at bigint,
    primary key (tenant, project, wave)
);

-- What a person has to look at.
-- owner: integration_projects
create table integration_exception (
    tenant bigint not null,
    project bigint not null,
    source text collate "C" not null,
    member text collate "C" not null,
    code text not null,
    subject text not null,
    revision bigint not null,
    points bigint not null,
    state text not null,
    owner text,
    note text,
    changed_by text,
    changed_at bigint,
    primary key (tenant, project, source, member, code, subject)
);

-- What was asked for that a second person must agree to, and what came of it.
-- owner: integration_projects
create table integration_request (
    tenant bigint not null,
    project bigint not null,
    request bigint not null,
    kind text not null,
    subject text not null,
    detail text not null,
    state text not null,
    asked_by text not null,
    asked_at bigint not null,
    decided_by text,
    decided_at bigint,
    outcome text,
    primary key (tenant, project, request)
);

-- Items of before the cut-over that come after the snapshot, by the source's own name for each.
-- owner: integration_projects
create table integration_item (
    tenant bigint not null,
    project bigint not null,
    source text collate "C" not null,
    item text collate "C" not null,
    member text collate "C" not null,
    kind text not null,
    body text not null,
    received_at bigint not null,
    state text not null,
    outcome text,
    primary key (tenant, project, source, item)
);
create index integration_item_member on integration_item (tenant, project, source, member, received_at);

-- What merged members may be sent and may not, with the record that proves it.
-- owner: integration_projects
create table integration_consent (
    tenant bigint not null,
    member bigint not null,
    purpose text not null,
    channel text not null,
    state text not null,
    at bigint not null,
    controller text not null,
    evidence text not null,
    project bigint not null,
    source text not null,
    source_member text not null,
    primary key (tenant, member, purpose, channel)
);
