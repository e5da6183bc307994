CREATE UNLOGGED TABLE request_count (
    key TEXT NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    count BIGINT NOT NULL,
    CONSTRAINT pk_request_count PRIMARY KEY (key)
);
CREATE INDEX ix_request_count_ends_at ON request_count USING brin (ends_at);
ALTER TABLE login
    ADD COLUMN used_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN idle_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN closing BOOLEAN DEFAULT false NOT NULL;
CREATE INDEX ix_login_idle ON login (idle_at) WHERE ended_at IS NULL;
CREATE TABLE second_factor (
    staff_id UUID NOT NULL,
    secret_cipher BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    last_step BIGINT NOT NULL,
    CONSTRAINT pk_second_factor PRIMARY KEY (staff_id),
    CONSTRAINT fk_second_factor_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id)
);
CREATE TABLE recovery_code (
    staff_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_recovery_code PRIMARY KEY (staff_id, digest),
    CONSTRAINT fk_recovery_code_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id)
);
