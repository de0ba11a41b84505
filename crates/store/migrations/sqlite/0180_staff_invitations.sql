-- Who was let in by a client: what the way in is good for, and who saw it. Whoever the installation lets in has no row.
-- owner: staff
create table staff_invitation (
    staff integer not null primary key,
    -- The client that invited: with this way in nothing of another client is open.
    tenant integer not null,
    -- Who was shown the link and could have used it; nobody when it went by mail.
    shown_to text,
    at integer not null
) strict, without rowid;
