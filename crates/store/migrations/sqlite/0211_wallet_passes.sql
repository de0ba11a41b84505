-- Members' cards in the wallets of phones: one for each member and brand, and the phones that have one of Apple's.
-- owner: wallet_passes
create table wallet_pass (
    pass integer not null primary key,
    tenant integer not null,
    member integer not null,
    account integer not null,
    brand integer not null,
    -- What the pass's token is made with: the phone that has the token may fetch the pass.
    secret blob not null,
    -- What the pass was made of when it was looked at last; of what it says only the hash is kept.
    account_version integer not null,
    config_version integer not null,
    content_hash blob not null,
    -- 1 once the pass says that it is over.
    voided integer not null,
    -- Grows with every change of what it says.
    tag integer not null,
    changed_at integer not null,
    checked_at integer not null,
    -- 1 while some phone or Google has it.
    in_use integer not null,
    -- Since when Google may have it, and up to which tag it was told.
    google_since integer,
    google_told integer not null,
    google_tries integer not null,
    google_next_at integer not null,
    created_at integer not null,
    unique (tenant, member, brand)
) strict, without rowid;
create index wallet_pass_due on wallet_pass (checked_at) where in_use = 1;
create index wallet_pass_google on wallet_pass (google_next_at) where google_since is not null;

-- owner: wallet_passes
create table wallet_device (
    -- The hash of the name that the phone gave itself: whoever knows the name may ask which of its passes changed.
    device blob not null,
    pass integer not null,
    -- Where Apple tells the phone.
    push_token text not null,
    -- Up to which tag it was told, or had the pass when it came.
    told integer not null,
    tries integer not null,
    next_at integer not null,
    created_at integer not null,
    primary key (device, pass)
) strict, without rowid;
create index wallet_device_pass on wallet_device (pass);
