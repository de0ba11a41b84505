-- Who is signed in with which browser. The cookie is kept as a hash; it was sent once.
-- owner: sessions
create table session (
    hash bytea not null primary key,
    id bigint not null unique,
    -- A member's session has tenant, member and account, one of the staff has staff.
    tenant bigint,
    member bigint,
    account bigint,
    staff bigint,
    -- What its forms must bring back.
    secret bytea not null,
    -- Words like `Firefox, Android`, by which people tell their devices apart.
    device text not null,
    created_at bigint not null,
    proven_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null
);
create index session_member on session (tenant, member);
create index session_staff on session (staff);
create index session_expiry on session (expires_at);

-- Somebody on the way in with a one-time code. Also of those who are nobody here, so that both ways look the same.
-- owner: sessions
create table sign_in_attempt (
    hash bytea not null primary key,
    tenant bigint not null,
    member bigint,
    -- What the person typed, for those who join with it. Personal data, gone with the attempt.
    email text,
    joins bigint not null,
    code_hash bytea not null,
    tries bigint not null,
    proven bigint not null,
    created_at bigint not null,
    expires_at bigint not null
);
create index sign_in_attempt_member on sign_in_attempt (tenant, member, created_at);
create index sign_in_attempt_expiry on sign_in_attempt (expires_at);

-- Links that open signed in, once.
-- owner: sessions
create table sign_in_link (
    hash bytea not null primary key,
    tenant bigint,
    member bigint,
    account bigint,
    staff bigint,
    -- Where it leads.
    path text not null,
    expires_at bigint not null
);

-- What staff signs in with. Passwords are kept as Argon2id hashes.
-- owner: staff
create table staff_secret (
    staff bigint not null primary key,
    password text not null,
    -- The shared secret of the second factor; without one nobody gets in by password.
    totp bytea,
    -- The last step of the second factor that was used, so that none is used twice.
    totp_step bigint not null,
    wrong_tries bigint not null,
    locked_until bigint not null,
    changed_at bigint not null
);
