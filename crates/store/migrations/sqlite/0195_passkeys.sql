-- Passkeys of members and staff: public keys, of which the private halves never leave their devices.
-- owner: sessions
create table passkey (
    id integer not null primary key,
    -- The host that it belongs to, and the name that the authenticator gave it there.
    host text not null,
    credential blob not null,
    -- A member's has tenant, member and account, one of the staff has staff.
    tenant integer,
    member integer,
    account integer,
    staff integer,
    -- As COSE writes it.
    public_key blob not null,
    -- How often it was used, by the authenticator's own count.
    counter integer not null,
    -- Words like `Chrome, Android`, by which people tell their passkeys apart.
    device text not null,
    created_at integer not null,
    used_at integer
) strict, without rowid;
create unique index passkey_credential on passkey (credential, host);
create index passkey_member on passkey (tenant, member);
create index passkey_staff on passkey (staff);

-- What a browser was asked to sign, kept as a hash until it answers. The owner is whoever adds a passkey; nobody yet
-- where somebody signs in.
-- owner: sessions
create table passkey_challenge (
    hash blob not null primary key,
    owner blob not null,
    expires_at integer not null
) strict, without rowid;
create index passkey_challenge_expiry on passkey_challenge (expires_at);
