-- Members' cards in the wallets of phones: one for each member and brand, and the phones that have one of Apple's.
-- owner: wallet_passes
create table wallet_pass (
    pass bigint not null primary key,
    tenant bigint not null,
    member bigint not null,
    account bigint not null,
    brand bigint not null,
    -- What the pass's token is made with: the phone that has the token may fetch the pass.
    secret bytea not null,
    -- What the pass was made of when it was looked at last; of what it says only the hash is kept.
    account_version bigint not null,
    config_version bigint not null,
    content_hash bytea not null,
    -- 1 once the pass says that it is over.
    voided bigint not null,
    -- Grows with every change of what it says.
    tag bigint not null,
    changed_at bigint not null,
    checked_at bigint not null,
    -- 1 while some phone or Google has it.
    in_use bigint not null,
    -- Since when Google may have it, and up to which tag it was told.
    google_since bigint,
    google_told bigint not null,
    google_tries bigint not null,
    google_next_at bigint not null,
    created_at bigint not null,
    unique (tenant, member, brand)
);
create index wallet_pass_due on wallet_pass (checked_at) where in_use = 1;
create index wallet_pass_google on wallet_pass (google_next_at) where google_since is not null;

-- owner: wallet_passes
create table wallet_device (
    -- The hash of the name that the phone gave itself: whoever knows the name may ask which of its passes changed.
    device bytea not null,
    pass bigint not null,
    -- Where Apple tells the phone.
    push_token text not null,
    -- Up to which tag it was told, or had the pass when it came.
    told bigint not null,
    tries bigint not null,
    next_at bigint not null,
    created_at bigint not null,
    primary key (device, pass)
);
create index wallet_device_pass on wallet_device (pass);
