CREATE TABLE account (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    form_of_address_cipher BYTEA NOT NULL,
    phone_cipher BYTEA NOT NULL,
    phone_blind BYTEA NOT NULL,
    elderly BOOLEAN NOT NULL,
    data_key BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (id)
);
CREATE INDEX ix_account_phone_blind ON account (phone_blind);
CREATE TABLE audit (
    id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    action TEXT NOT NULL,
    subject_table TEXT NOT NULL,
    subject_id UUID,
    body BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (id)
);
CREATE INDEX ix_audit_subject_id ON audit (subject_id);
CREATE TABLE calendar_day (
    day DATE NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    statutory BOOLEAN NOT NULL,
    provisional BOOLEAN NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_calendar_day PRIMARY KEY (day),
    CONSTRAINT ck_calendar_day_kind CHECK (kind IN ('off', 'make_up'))
);
CREATE TABLE consent_text (
    version TEXT NOT NULL,
    digest BYTEA NOT NULL,
    content JSONB NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_consent_text PRIMARY KEY (version)
);
CREATE TABLE counter (
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT pk_counter PRIMARY KEY (name)
);
CREATE TABLE deployment (
    id SMALLINT NOT NULL,
    mode TEXT NOT NULL,
    key_fingerprint TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_deployment PRIMARY KEY (id),
    CONSTRAINT ck_deployment_single CHECK (id = 1)
);
CREATE TABLE event (
    stream TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    type TEXT NOT NULL,
    data JSONB,
    CONSTRAINT pk_event PRIMARY KEY (stream, seq)
);
CREATE TABLE event_stream (
    stream TEXT NOT NULL,
    last_seq BIGINT NOT NULL,
    CONSTRAINT pk_event_stream PRIMARY KEY (stream)
);
CREATE TABLE heartbeat (
    id SMALLINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_heartbeat PRIMARY KEY (id),
    CONSTRAINT ck_heartbeat_single CHECK (id = 1)
);
CREATE TABLE idempotency (
    login_id UUID NOT NULL,
    key UUID NOT NULL,
    action TEXT NOT NULL,
    request_digest BYTEA NOT NULL,
    status INTEGER NOT NULL,
    response JSONB NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (login_id, key)
);
CREATE INDEX ix_idempotency_at ON idempotency (at);
CREATE TABLE item (
    id UUID NOT NULL,
    key TEXT NOT NULL,
    catalog_code TEXT NOT NULL,
    task_name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    plain TEXT NOT NULL,
    aliases TEXT[] NOT NULL,
    themes TEXT[] NOT NULL,
    line TEXT NOT NULL,
    use_level TEXT NOT NULL,
    flows TEXT[] NOT NULL,
    average_minutes BIGINT NOT NULL,
    CONSTRAINT pk_item PRIMARY KEY (id),
    CONSTRAINT uq_item_key UNIQUE (key),
    CONSTRAINT uq_item_catalog_code UNIQUE (catalog_code)
);
CREATE TABLE login (
    id UUID NOT NULL,
    token_digest BYTEA NOT NULL,
    face TEXT NOT NULL,
    staff_id UUID,
    account_id UUID,
    station_id UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_login PRIMARY KEY (id),
    CONSTRAINT ck_login_one_person CHECK (num_nonnulls(staff_id, account_id) = 1),
    CONSTRAINT uq_login_token_digest UNIQUE (token_digest)
);
CREATE INDEX ix_login_live_staff ON login (staff_id) WHERE ended_at IS NULL;
CREATE TABLE opening_hours (
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_opening_hours PRIMARY KEY (key)
);
CREATE TABLE outcome (
    code TEXT NOT NULL,
    position SMALLINT NOT NULL,
    "group" TEXT NOT NULL,
    solved BOOLEAN NOT NULL,
    CONSTRAINT pk_outcome PRIMARY KEY (code)
);
CREATE TABLE parameter (
    key TEXT NOT NULL,
    scope_kind TEXT DEFAULT 'all' NOT NULL,
    scope_key TEXT DEFAULT '' NOT NULL,
    value JSONB NOT NULL,
    unit TEXT NOT NULL,
    source TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_parameter PRIMARY KEY (key, scope_kind, scope_key, valid_from)
);
CREATE TABLE region (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    parent_code TEXT,
    pinyin TEXT NOT NULL,
    initials TEXT NOT NULL,
    path LTREE NOT NULL,
    ladder TEXT[] GENERATED ALWAYS AS (string_to_array(ltree2text(path), '.')) STORED NOT NULL,
    CONSTRAINT pk_region PRIMARY KEY (code),
    CONSTRAINT fk_region_parent_code_region FOREIGN KEY(parent_code) REFERENCES region (code)
);
CREATE INDEX ix_region_path ON region USING gist (path);
CREATE UNLOGGED TABLE signal (
    id UUID NOT NULL,
    call_id UUID NOT NULL,
    to_participant_id UUID NOT NULL,
    body JSONB NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_signal PRIMARY KEY (id)
);
CREATE INDEX ix_signal_at ON signal (at);
CREATE TABLE tab_lease (
    id UUID NOT NULL,
    login_id UUID NOT NULL,
    staff_id UUID,
    account_id UUID,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE NOT NULL,
    holder UUID NOT NULL,
    CONSTRAINT pk_tab_lease PRIMARY KEY (id)
);
CREATE INDEX ix_tab_lease_account_id ON tab_lease (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX ix_tab_lease_staff_id ON tab_lease (staff_id) WHERE staff_id IS NOT NULL;
CREATE TABLE opening_rule (
    hours_key TEXT NOT NULL,
    position SMALLINT NOT NULL,
    weekdays SMALLINT[] NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    spans TEXT[] NOT NULL,
    CONSTRAINT pk_opening_rule PRIMARY KEY (hours_key, position),
    CONSTRAINT fk_opening_rule_hours_key_opening_hours FOREIGN KEY(hours_key) REFERENCES opening_hours (key)
);
CREATE TABLE organisation (
    id UUID NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    credit_code TEXT NOT NULL,
    level TEXT NOT NULL,
    kind TEXT NOT NULL,
    region_code TEXT NOT NULL,
    parent_id UUID,
    path LTREE NOT NULL,
    phone TEXT NOT NULL,
    CONSTRAINT pk_organisation PRIMARY KEY (id),
    CONSTRAINT uq_organisation_key UNIQUE (key),
    CONSTRAINT fk_organisation_region_code_region FOREIGN KEY(region_code) REFERENCES region (code),
    CONSTRAINT fk_organisation_parent_id_organisation FOREIGN KEY(parent_id) REFERENCES organisation (id)
);
CREATE INDEX ix_organisation_path ON organisation USING gist (path);
CREATE TABLE desk (
    id UUID NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    organisation_id UUID NOT NULL,
    region_code TEXT NOT NULL,
    priority INTEGER NOT NULL,
    flows TEXT[] NOT NULL,
    needs TEXT[] NOT NULL,
    hours_key TEXT NOT NULL,
    ring_seconds INTEGER,
    wrap_up_seconds INTEGER,
    parent_id UUID,
    CONSTRAINT pk_desk PRIMARY KEY (id),
    CONSTRAINT uq_desk_key UNIQUE (key),
    CONSTRAINT fk_desk_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id),
    CONSTRAINT fk_desk_region_code_region FOREIGN KEY(region_code) REFERENCES region (code),
    CONSTRAINT fk_desk_hours_key_opening_hours FOREIGN KEY(hours_key) REFERENCES opening_hours (key),
    CONSTRAINT fk_desk_parent_id_desk FOREIGN KEY(parent_id) REFERENCES desk (id)
);
CREATE INDEX ix_desk_region_code ON desk (region_code);
CREATE TABLE implementation (
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    region_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    task_code TEXT,
    consult_phone TEXT NOT NULL,
    complaint_phone TEXT NOT NULL,
    CONSTRAINT pk_implementation PRIMARY KEY (id),
    CONSTRAINT uq_implementation_item_id_organisation_id UNIQUE (item_id, organisation_id),
    CONSTRAINT ck_implementation_kind CHECK (kind IN ('full', 'guide')),
    CONSTRAINT ck_implementation_task_code CHECK ((kind = 'guide') = (task_code IS NULL)),
    CONSTRAINT fk_implementation_item_id_item FOREIGN KEY(item_id) REFERENCES item (id),
    CONSTRAINT fk_implementation_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id),
    CONSTRAINT fk_implementation_region_code_region FOREIGN KEY(region_code) REFERENCES region (code),
    CONSTRAINT uq_implementation_task_code UNIQUE (task_code)
);
CREATE INDEX ix_implementation_region_code ON implementation (region_code);
CREATE TABLE site (
    id UUID NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    organisation_id UUID NOT NULL,
    address TEXT NOT NULL,
    hours_key TEXT NOT NULL,
    status TEXT NOT NULL,
    noise_db SMALLINT,
    lux BIGINT,
    inspected_on DATE,
    accessible BOOLEAN NOT NULL,
    quiet_room BOOLEAN NOT NULL,
    CONSTRAINT pk_site PRIMARY KEY (id),
    CONSTRAINT uq_site_key UNIQUE (key),
    CONSTRAINT fk_site_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id),
    CONSTRAINT fk_site_hours_key_opening_hours FOREIGN KEY(hours_key) REFERENCES opening_hours (key)
);
CREATE TABLE desk_item (
    desk_id UUID NOT NULL,
    item_id UUID NOT NULL,
    CONSTRAINT pk_desk_item PRIMARY KEY (desk_id, item_id),
    CONSTRAINT fk_desk_item_desk_id_desk FOREIGN KEY(desk_id) REFERENCES desk (id),
    CONSTRAINT fk_desk_item_item_id_item FOREIGN KEY(item_id) REFERENCES item (id)
);
CREATE INDEX ix_desk_item_item_id ON desk_item (item_id);
CREATE TABLE station (
    id UUID NOT NULL,
    key TEXT NOT NULL,
    number TEXT NOT NULL,
    site_id UUID NOT NULL,
    kind TEXT NOT NULL,
    network TEXT NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT pk_station PRIMARY KEY (id),
    CONSTRAINT uq_station_key UNIQUE (key),
    CONSTRAINT fk_station_site_id_site FOREIGN KEY(site_id) REFERENCES site (id)
);
CREATE TABLE version (
    id UUID NOT NULL,
    implementation_id UUID NOT NULL,
    number BIGINT NOT NULL,
    content JSONB NOT NULL,
    digest BYTEA NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_version PRIMARY KEY (id),
    CONSTRAINT uq_version_implementation_id_number UNIQUE (implementation_id, number),
    CONSTRAINT fk_version_implementation_id_implementation FOREIGN KEY(implementation_id) REFERENCES implementation (id)
);
CREATE TABLE staff (
    id UUID NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    organisation_id UUID NOT NULL,
    id_number_cipher BYTEA NOT NULL,
    id_number_blind BYTEA NOT NULL,
    phone_cipher BYTEA NOT NULL,
    phone_blind BYTEA NOT NULL,
    languages TEXT[] NOT NULL,
    status TEXT NOT NULL,
    certificate_valid_to DATE,
    station_id UUID,
    password_hash TEXT,
    must_change_password BOOLEAN DEFAULT false NOT NULL,
    failed_logins SMALLINT DEFAULT 0 NOT NULL,
    locked_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_staff PRIMARY KEY (id),
    CONSTRAINT uq_staff_account UNIQUE (account),
    CONSTRAINT fk_staff_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id),
    CONSTRAINT fk_staff_station_id_station FOREIGN KEY(station_id) REFERENCES station (id)
);
CREATE TABLE ticket (
    id UUID NOT NULL,
    number TEXT NOT NULL,
    day DATE NOT NULL,
    account_id UUID NOT NULL,
    item_id UUID NOT NULL,
    implementation_id UUID NOT NULL,
    version_id UUID NOT NULL,
    line TEXT NOT NULL,
    flow TEXT NOT NULL,
    region_code TEXT NOT NULL,
    home_organisation_id UUID NOT NULL,
    channel TEXT NOT NULL,
    device TEXT NOT NULL,
    elderly BOOLEAN NOT NULL,
    answers JSONB NOT NULL,
    desk_id UUID NOT NULL,
    state TEXT NOT NULL,
    close_reason TEXT,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    enqueued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    bonus_seconds INTEGER NOT NULL,
    bonus_reason TEXT,
    queue_key TIMESTAMP WITH TIME ZONE NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE NOT NULL,
    parked_until TIMESTAMP WITH TIME ZONE,
    first_rung_at TIMESTAMP WITH TIME ZONE,
    answered_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_ticket PRIMARY KEY (id),
    CONSTRAINT ck_ticket_state CHECK (state IN ('waiting', 'ringing', 'serving', 'parked', 'closed')),
    CONSTRAINT fk_ticket_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
    CONSTRAINT fk_ticket_item_id_item FOREIGN KEY(item_id) REFERENCES item (id),
    CONSTRAINT fk_ticket_implementation_id_implementation FOREIGN KEY(implementation_id) REFERENCES implementation (id),
    CONSTRAINT fk_ticket_version_id_version FOREIGN KEY(version_id) REFERENCES version (id),
    CONSTRAINT fk_ticket_region_code_region FOREIGN KEY(region_code) REFERENCES region (code),
    CONSTRAINT fk_ticket_home_organisation_id_organisation FOREIGN KEY(home_organisation_id) REFERENCES organisation (id),
    CONSTRAINT fk_ticket_desk_id_desk FOREIGN KEY(desk_id) REFERENCES desk (id)
);
CREATE INDEX ix_ticket_account ON ticket (account_id, taken_at);
CREATE INDEX ix_ticket_parked ON ticket (parked_until) WHERE state = 'parked';
CREATE INDEX ix_ticket_waiting ON ticket (desk_id, queue_key, id) WHERE state = 'waiting';
CREATE UNIQUE INDEX uq_ticket_live_account ON ticket (account_id) WHERE state <> 'closed';
CREATE UNIQUE INDEX uq_ticket_number ON ticket (desk_id, day, number);
CREATE TABLE consent (
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    ticket_id UUID NOT NULL,
    version TEXT NOT NULL,
    purposes TEXT[] NOT NULL,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_consent PRIMARY KEY (id),
    CONSTRAINT fk_consent_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
    CONSTRAINT fk_consent_ticket_id_ticket FOREIGN KEY(ticket_id) REFERENCES ticket (id),
    CONSTRAINT fk_consent_version_consent_text FOREIGN KEY(version) REFERENCES consent_text (version)
);
CREATE INDEX ix_consent_account_id ON consent (account_id);
CREATE INDEX ix_consent_ticket_id ON consent (ticket_id);
CREATE TABLE desk_member (
    desk_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    CONSTRAINT pk_desk_member PRIMARY KEY (desk_id, staff_id),
    CONSTRAINT fk_desk_member_desk_id_desk FOREIGN KEY(desk_id) REFERENCES desk (id),
    CONSTRAINT fk_desk_member_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id)
);
CREATE INDEX ix_desk_member_staff_id ON desk_member (staff_id);
CREATE TABLE engagement (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    ticket_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    station_id UUID,
    desk_id UUID NOT NULL,
    state TEXT NOT NULL,
    why JSONB NOT NULL,
    offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    wrap_until TIMESTAMP WITH TIME ZONE,
    reason TEXT,
    CONSTRAINT pk_engagement PRIMARY KEY (id),
    CONSTRAINT ck_engagement_state CHECK (state IN ('ringing', 'accepted', 'declined', 'missed', 'withdrawn', 'ended')),
    CONSTRAINT fk_engagement_ticket_id_ticket FOREIGN KEY(ticket_id) REFERENCES ticket (id),
    CONSTRAINT fk_engagement_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id),
    CONSTRAINT fk_engagement_station_id_station FOREIGN KEY(station_id) REFERENCES station (id),
    CONSTRAINT fk_engagement_desk_id_desk FOREIGN KEY(desk_id) REFERENCES desk (id)
);
CREATE INDEX ix_engagement_ringing ON engagement (expires_at) WHERE state = 'ringing';
CREATE INDEX ix_engagement_staff_day ON engagement (staff_id, offered_at);
CREATE INDEX ix_engagement_ticket ON engagement (ticket_id, staff_id, ended_at);
CREATE INDEX ix_engagement_wrapping ON engagement (staff_id, wrap_until) WHERE wrap_until IS NOT NULL;
CREATE UNIQUE INDEX uq_engagement_live_staff ON engagement (staff_id) WHERE state IN ('ringing', 'accepted');
CREATE UNIQUE INDEX uq_engagement_live_ticket ON engagement (ticket_id) WHERE kind = 'serve' AND state IN ('ringing', 'accepted');
CREATE TABLE presence (
    staff_id UUID NOT NULL,
    wanted TEXT NOT NULL,
    reason TEXT,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    idle_since TIMESTAMP WITH TIME ZONE NOT NULL,
    misses SMALLINT DEFAULT 0 NOT NULL,
    station_id UUID,
    CONSTRAINT pk_presence PRIMARY KEY (staff_id),
    CONSTRAINT ck_presence_wanted CHECK (wanted IN ('ready', 'break', 'off')),
    CONSTRAINT fk_presence_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id),
    CONSTRAINT fk_presence_station_id_station FOREIGN KEY(station_id) REFERENCES station (id)
);
CREATE INDEX ix_presence_ready ON presence (staff_id) WHERE wanted = 'ready';
CREATE TABLE role_grant (
    id UUID NOT NULL,
    staff_id UUID NOT NULL,
    role TEXT NOT NULL,
    scope_organisation_id UUID NOT NULL,
    lines TEXT[],
    CONSTRAINT pk_role_grant PRIMARY KEY (id),
    CONSTRAINT fk_role_grant_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id),
    CONSTRAINT fk_role_grant_scope_organisation_id_organisation FOREIGN KEY(scope_organisation_id) REFERENCES organisation (id)
);
CREATE INDEX ix_role_grant_staff_id ON role_grant (staff_id);
CREATE TABLE session (
    id UUID NOT NULL,
    number TEXT NOT NULL,
    ticket_id UUID NOT NULL,
    account_id UUID NOT NULL,
    clerk_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    home_organisation_id UUID NOT NULL,
    state TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    end_reason TEXT,
    wrap_until TIMESTAMP WITH TIME ZONE,
    draft_cipher BYTEA,
    outcome TEXT,
    summary_cipher BYTEA,
    next_step TEXT,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_session PRIMARY KEY (id),
    CONSTRAINT ck_session_state CHECK (state IN ('open', 'wrapping', 'closed')),
    CONSTRAINT uq_session_number UNIQUE (number),
    CONSTRAINT uq_session_ticket_id UNIQUE (ticket_id),
    CONSTRAINT fk_session_ticket_id_ticket FOREIGN KEY(ticket_id) REFERENCES ticket (id),
    CONSTRAINT fk_session_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
    CONSTRAINT fk_session_clerk_id_staff FOREIGN KEY(clerk_id) REFERENCES staff (id),
    CONSTRAINT fk_session_desk_id_desk FOREIGN KEY(desk_id) REFERENCES desk (id),
    CONSTRAINT fk_session_home_organisation_id_organisation FOREIGN KEY(home_organisation_id) REFERENCES organisation (id),
    CONSTRAINT fk_session_outcome_outcome FOREIGN KEY(outcome) REFERENCES outcome (code)
);
CREATE INDEX ix_session_account_id ON session (account_id);
CREATE INDEX ix_session_desk_closed ON session (desk_id, ended_at);
CREATE INDEX ix_session_unfinished ON session (clerk_id) WHERE state = 'wrapping';
CREATE TABLE skill (
    staff_id UUID NOT NULL,
    subject TEXT NOT NULL,
    level SMALLINT NOT NULL,
    CONSTRAINT pk_skill PRIMARY KEY (staff_id, subject),
    CONSTRAINT ck_skill_level CHECK (level BETWEEN 1 AND 3),
    CONSTRAINT fk_skill_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id)
);
CREATE TABLE call (
    id UUID NOT NULL,
    session_id UUID NOT NULL,
    state TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    connected_at TIMESTAMP WITH TIME ZONE,
    last_good_at TIMESTAMP WITH TIME ZONE,
    grace_until TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_reason TEXT,
    CONSTRAINT pk_call PRIMARY KEY (id),
    CONSTRAINT ck_call_state CHECK (state IN ('connecting', 'connected', 'interrupted', 'ended')),
    CONSTRAINT fk_call_session_id_session FOREIGN KEY(session_id) REFERENCES session (id)
);
CREATE INDEX ix_call_live ON call (id) WHERE state <> 'ended';
CREATE UNIQUE INDEX uq_call_live_session ON call (session_id) WHERE state <> 'ended';
CREATE TABLE rating (
    session_id UUID NOT NULL,
    account_id UUID NOT NULL,
    clerk_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    home_organisation_id UUID NOT NULL,
    state TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    level SMALLINT,
    options TEXT[] NOT NULL,
    local_options TEXT[] NOT NULL,
    words_cipher BYTEA,
    given_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_rating PRIMARY KEY (session_id),
    CONSTRAINT ck_rating_state CHECK (state IN ('asked', 'given', 'expired')),
    CONSTRAINT ck_rating_level CHECK (level BETWEEN 1 AND 5),
    CONSTRAINT fk_rating_session_id_session FOREIGN KEY(session_id) REFERENCES session (id),
    CONSTRAINT fk_rating_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
    CONSTRAINT fk_rating_clerk_id_staff FOREIGN KEY(clerk_id) REFERENCES staff (id),
    CONSTRAINT fk_rating_desk_id_desk FOREIGN KEY(desk_id) REFERENCES desk (id),
    CONSTRAINT fk_rating_home_organisation_id_organisation FOREIGN KEY(home_organisation_id) REFERENCES organisation (id)
);
CREATE INDEX ix_rating_asked ON rating (expires_at) WHERE state = 'asked';
CREATE INDEX ix_rating_clerk_given ON rating (clerk_id, given_at);
CREATE TABLE session_event (
    session_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind TEXT NOT NULL,
    body BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    CONSTRAINT pk_session_event PRIMARY KEY (session_id, seq),
    CONSTRAINT fk_session_event_session_id_session FOREIGN KEY(session_id) REFERENCES session (id)
);
CREATE TABLE call_participant (
    id UUID NOT NULL,
    call_id UUID NOT NULL,
    side TEXT NOT NULL,
    account_id UUID,
    staff_id UUID,
    attempt INTEGER DEFAULT 0 NOT NULL,
    joined_at TIMESTAMP WITH TIME ZONE,
    reported_at TIMESTAMP WITH TIME ZONE,
    flowing_at TIMESTAMP WITH TIME ZONE,
    ice TEXT,
    bytes_received BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_call_participant PRIMARY KEY (id),
    CONSTRAINT ck_call_participant_one_person CHECK (num_nonnulls(staff_id, account_id) = 1),
    CONSTRAINT fk_call_participant_call_id_call FOREIGN KEY(call_id) REFERENCES call (id),
    CONSTRAINT fk_call_participant_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
    CONSTRAINT fk_call_participant_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id)
);
CREATE INDEX ix_call_participant_call_id ON call_participant (call_id);
