CREATE TABLE `operator_bootstraps` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`operator_uuid` text NOT NULL,
	`used_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `operator_invitations` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`operator_uuid` text NOT NULL,
	`totp_sealed` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`used_at_ms` integer,
	FOREIGN KEY (`operator_uuid`) REFERENCES `operators`(`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `operator_invitations_operator` ON `operator_invitations` (`operator_uuid`);--> statement-breakpoint
CREATE INDEX `operator_invitations_expiry` ON `operator_invitations` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `operator_passkeys` (
	`credential_id` text PRIMARY KEY NOT NULL,
	`operator_uuid` text NOT NULL,
	`public_key` text NOT NULL,
	`counter` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_used_at_ms` integer,
	FOREIGN KEY (`operator_uuid`) REFERENCES `operators`(`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `operator_passkeys_operator` ON `operator_passkeys` (`operator_uuid`);--> statement-breakpoint
CREATE TABLE `operator_sessions` (
	`uuid` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`operator_uuid` text NOT NULL,
	`kind` text NOT NULL,
	`name` text,
	`place` text,
	`created_at_ms` integer NOT NULL,
	`last_used_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`ended_at_ms` integer,
	FOREIGN KEY (`operator_uuid`) REFERENCES `operators`(`uuid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "operator_sessions_kind" CHECK("operator_sessions"."kind" IN ('session', 'key'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `operator_sessions_token` ON `operator_sessions` (`token_hash`);--> statement-breakpoint
CREATE INDEX `operator_sessions_operator` ON `operator_sessions` (`operator_uuid`,`expires_at_ms`);--> statement-breakpoint
CREATE INDEX `operator_sessions_expiry` ON `operator_sessions` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `operators` (
	`uuid` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_key` text NOT NULL,
	`role` text NOT NULL,
	`password_hash` text,
	`totp_sealed` text,
	`totp_step` integer DEFAULT 0 NOT NULL,
	`invited_by` text,
	`created_at_ms` integer NOT NULL,
	`disabled_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `operators_email` ON `operators` (`email_key`);--> statement-breakpoint
CREATE TABLE `operator_actions` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`operator_uuid` text,
	`action` text NOT NULL,
	`outcome` text NOT NULL,
	`started_seq` integer,
	`subject` text,
	`reason` text,
	`request_id` text,
	`before` text,
	`after` text,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `operator_actions_operator` ON `operator_actions` (`operator_uuid`,`seq`);--> statement-breakpoint
CREATE INDEX `operator_actions_subject` ON `operator_actions` (`subject`,`seq`);--> statement-breakpoint
CREATE INDEX `operator_actions_action` ON `operator_actions` (`action`,`seq`);--> statement-breakpoint
CREATE TABLE `proposals` (
	`uuid` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`user_uuid` text NOT NULL,
	`amount_kobo` integer NOT NULL,
	`body` text NOT NULL,
	`destination` text,
	`hash` text NOT NULL,
	`maker` text NOT NULL,
	`reason` text NOT NULL,
	`needs_approval` integer NOT NULL,
	`state` text NOT NULL,
	`checker` text,
	`decision_reason` text,
	`decided_at_ms` integer,
	`executed_at_ms` integer,
	`outcome` text,
	`failures` integer DEFAULT 0 NOT NULL,
	`next_try_at_ms` integer,
	`idempotency_key` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	CONSTRAINT "proposals_amount" CHECK(typeof("proposals"."amount_kobo") = 'integer' AND "proposals"."amount_kobo" > 0),
	CONSTRAINT "proposals_two_operators" CHECK("proposals"."checker" IS NULL OR "proposals"."checker" <> "proposals"."maker"),
	CONSTRAINT "proposals_approved" CHECK("proposals"."needs_approval" = 0 OR "proposals"."checker" IS NOT NULL
        OR "proposals"."state" NOT IN ('approved', 'executed', 'refused'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `proposals_idempotency_key` ON `proposals` (`maker`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `proposals_state` ON `proposals` (`state`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `proposals_user` ON `proposals` (`user_uuid`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `proposals_maker` ON `proposals` (`maker`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `proposals_due` ON `proposals` (`next_try_at_ms`) WHERE state = 'approved';--> statement-breakpoint
CREATE TRIGGER operator_actions_unchanged BEFORE UPDATE ON `operator_actions`
BEGIN SELECT RAISE(ABORT, 'the log of actions is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER operator_actions_kept BEFORE DELETE ON `operator_actions`
BEGIN SELECT RAISE(ABORT, 'the log of actions is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER proposals_kept BEFORE DELETE ON `proposals`
BEGIN SELECT RAISE(ABORT, 'a proposal is kept'); END;
--> statement-breakpoint
CREATE TRIGGER proposals_unchanged BEFORE UPDATE OF `uuid`, `kind`, `user_uuid`, `amount_kobo`, `body`, `hash`, `maker`,
  `reason`, `needs_approval`, `idempotency_key`, `created_at_ms`, `expires_at_ms` ON `proposals`
BEGIN SELECT RAISE(ABORT, 'a proposal never changes'); END;
--> statement-breakpoint
CREATE TRIGGER proposals_destination BEFORE UPDATE OF `destination` ON `proposals` WHEN NEW.`destination` IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a destination can only be removed'); END;
--> statement-breakpoint
CREATE TRIGGER proposals_decided_once BEFORE UPDATE OF `state`, `checker` ON `proposals`
  WHEN (OLD.`state` = 'pending' AND NEW.`state` NOT IN ('approved', 'rejected', 'withdrawn'))
    OR (OLD.`state` = 'approved' AND NEW.`state` NOT IN ('executed', 'refused'))
    OR OLD.`state` NOT IN ('pending', 'approved')
    OR (OLD.`checker` IS NOT NULL AND NEW.`checker` IS NOT OLD.`checker`)
BEGIN SELECT RAISE(ABORT, 'a proposal is decided once'); END;
