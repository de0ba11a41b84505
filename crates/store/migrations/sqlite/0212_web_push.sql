-- Notices on members' browsers: the tenant's key that signs them, the browsers that agreed, and what each was told.
-- owner: web_push
create table web_push_key (
    tenant integer not null primary key,
    -- As PKCS #8.
    private_key blob not null,
    public_key blob not null,
    created_at integer not null
) strict, without rowid;

-- owner: web_push
create table web_push_device (
    device integer not null primary key,
    tenant integer not null,
    member integer not null,
    account integer not null,
    brand integer not null,
    -- Where its browser's maker takes notices, and the keys that only the browser opens them with.
    endpoint text not null,
    endpoint_hash blob not null unique,
    public_key blob not null,
    auth blob not null,
    -- Words like `Chrome, Android`, by which people tell their browsers apart.
    name text not null,
    created_at integer not null,
    checked_at integer not null
) strict, without rowid;
create index web_push_device_member on web_push_device (tenant, member);
create index web_push_device_due on web_push_device (checked_at);

-- What a browser was told or is about to be. The key makes each notice one.
-- owner: web_push
create table web_push_notice (
    device integer not null,
    -- 'expiring', 'reward' or 'voucher', and which.
    kind text not null,
    about text not null,
    -- 'ready', 'handing', 'sent', 'failed', 'withheld', or 'known' for what was so when the browser came.
    state text not null,
    reason text not null,
    -- Empty once it left.
    title text not null,
    body text not null,
    path text not null,
    attempts integer not null,
    next_at integer not null,
    leased_until integer not null,
    made_at integer not null,
    -- When it was last found to be so.
    seen_at integer not null,
    sent_at integer,
    primary key (device, kind, about)
) strict, without rowid;
create index web_push_notice_due on web_push_notice (next_at) where state in ('ready', 'handing');
create index web_push_notice_seen on web_push_notice (seen_at);

-- Codes of an account that end soon.
-- owner: vouchers
create index voucher_ending on voucher (tenant, account, valid_until) where state = 'issued';
