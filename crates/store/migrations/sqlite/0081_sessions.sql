-- Who is signed in with which browser. The cookie is kept as a hash; it was sent once.
-- owner: sessions
create table session (
    hash blob not null primary key,
    id integer not null unique,
    -- A member's session has tenant, member and account, one of the staff has staff.
    tenant integer,
    member integer,
    account integer,
    staff integer,
    -- What its forms must bring back.
    secret blob not null,
    -- Words like `Firefox, Android`, by which people tell their devices apart.
    device text not null,
    created_at integer not null,
    proven_at integer not null,
    seen_at integer not null,
    expires_at integer not null
) strict, without rowid;
create index session_member on session (tenant, member);
create index session_staff on session (staff);
create index session_expiry on session (expires_at);

-- Somebody on the way in with a one-time code. Also of those who are nobody here, so that both ways look the same.
-- owner: sessions
create table sign_in_attempt (
    hash blob not null primary key,
    tenant integer not null,
    member integer,
    -- What the person typed, for those who join with it. Personal data, gone with the attempt.
    email text,
    joins integer not null,
    code_hash blob not null,
    tries integer not null,
    proven integer not null,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;
create index sign_in_attempt_member on sign_in_attempt (tenant, member, created_at);
create index sign_in_attempt_expiry on sign_in_attempt (expires_at);

-- Links that open signed in, once.
-- owner: sessions
create table sign_in_link (
    hash blob not null primary key,
    tenant integer,
    member integer,
    account integer,
    staff integer,
    -- Where it leads.
    path text not null,
    expires_at integer not null
) strict, without rowid;

-- What staff signs in with. Passwords are kept as Argon2id hashes.
-- owner: staff
create table staff_secret (
    staff integer not null primary key,
    password text not null,
    -- The shared secret of the second factor; without one nobody gets in by password.
    totp blob,
    -- The last step of the second factor that was used, so that none is used twice.
    totp_step integer not null,
    wrong_tries integer not null,
    locked_until integer not null,
    changed_at integer not null
) strict, without rowid;
