-- What members ask their brand's support, with the screen on which they asked.
-- owner: cases
create table support_case (
    tenant integer not null,
    support_case integer not null,
    brand integer not null,
    -- Nobody's once its member is erased.
    member integer not null,
    -- What people say on the phone.
    tracking_code text not null,
    -- The form's own name: a form that is sent twice is one case.
    once text not null,
    language text not null,
    topic text not null,
    -- The path of the page.
    screen text not null,
    -- 'open', 'answered', 'closed'.
    state text not null,
    owner text,
    opened_at integer not null,
    answer_due integer not null,
    answered_at integer,
    closed_at integer,
    -- Did it help? 1 or 0; nothing said without it.
    helped integer,
    primary key (tenant, support_case)
) strict, without rowid;
create unique index support_case_once on support_case (tenant, member, once);
create unique index support_case_code on support_case (tenant, tracking_code);
create index support_case_member on support_case (tenant, member, support_case);
create index support_case_state on support_case (tenant, state, answer_due);

-- What was said in a case, in its order.
-- owner: cases
create table support_message (
    tenant integer not null,
    support_case integer not null,
    position integer not null,
    -- Empty is the member; else who of the staff.
    author text not null,
    at integer not null,
    body text not null,
    -- Must a letter tell the member, and since when one did?
    tell integer not null,
    told_at integer,
    primary key (tenant, support_case, position)
) strict, without rowid;
create index support_message_tell on support_message (told_at, at) where tell = 1 and told_at is null;
