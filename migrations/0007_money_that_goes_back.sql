CREATE TABLE `adjustments` (
	`uuid` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`user_uuid` text NOT NULL,
	`wallet_type` text NOT NULL,
	`amount_kobo` integer NOT NULL,
	`reason` text NOT NULL,
	`operator` text NOT NULL,
	`idempotency_key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`posted_at_ms` integer,
	CONSTRAINT "adjustments_amount" CHECK(typeof("adjustments"."amount_kobo") = 'integer' AND "adjustments"."amount_kobo" > 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `adjustments_idempotency_key` ON `adjustments` (`idempotency_key`);--> statement-breakpoint
CREATE INDEX `adjustments_user` ON `adjustments` (`user_uuid`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `adjustments_created` ON `adjustments` (`created_at_ms`);--> statement-breakpoint
CREATE TABLE `audit_progress` (
	`id` integer PRIMARY KEY NOT NULL,
	`after_uuid` text NOT NULL,
	`pass_began_at_ms` integer NOT NULL,
	`last_pass_began_at_ms` integer,
	`last_pass_ended_at_ms` integer,
	`last_pass_findings` integer,
	`findings` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "audit_progress_one" CHECK("audit_progress"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `gateway_refunds` (
	`refund_reference` text PRIMARY KEY NOT NULL,
	`transaction_reference` text NOT NULL,
	`payment_reference` text NOT NULL,
	`amount_kobo` integer NOT NULL,
	`noted_at_ms` integer NOT NULL,
	CONSTRAINT "gateway_refunds_amount" CHECK(typeof("gateway_refunds"."amount_kobo") = 'integer' AND "gateway_refunds"."amount_kobo" > 0)
);
--> statement-breakpoint
CREATE INDEX `gateway_refunds_payment` ON `gateway_refunds` (`payment_reference`);--> statement-breakpoint
CREATE TABLE `refunds` (
	`uuid` text PRIMARY KEY NOT NULL,
	`payment_uuid` text NOT NULL,
	`user_uuid` text NOT NULL,
	`reference` text NOT NULL,
	`payment_reference` text NOT NULL,
	`transaction_reference` text NOT NULL,
	`method` text NOT NULL,
	`amount_kobo` integer NOT NULL,
	`status` text NOT NULL,
	`reason` text NOT NULL,
	`operator` text,
	`evidence` text,
	`destination` text,
	`failure_reason` text,
	`tries` integer NOT NULL,
	`next_try_at_ms` integer,
	`idempotency_key` text,
	`fingerprint` text,
	`created_at_ms` integer NOT NULL,
	`completed_at_ms` integer,
	CONSTRAINT "refunds_amount" CHECK(typeof("refunds"."amount_kobo") = 'integer' AND "refunds"."amount_kobo" > 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `refunds_reference` ON `refunds` (`reference`);--> statement-breakpoint
CREATE UNIQUE INDEX `refunds_idempotency_key` ON `refunds` (`user_uuid`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `refunds_payment` ON `refunds` (`payment_uuid`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `refunds_user` ON `refunds` (`user_uuid`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `refunds_operator` ON `refunds` (`created_at_ms`) WHERE operator IS NOT NULL;--> statement-breakpoint
CREATE INDEX `refunds_next_try` ON `refunds` (`next_try_at_ms`) WHERE next_try_at_ms IS NOT NULL;--> statement-breakpoint
ALTER TABLE `payments` ADD `refunded_kobo` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `payments` ADD `refunded_seq` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `payments` ADD `next_check_at_ms` integer;--> statement-breakpoint
CREATE INDEX `payments_next_check` ON `payments` (`next_check_at_ms`) WHERE next_check_at_ms IS NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `frozen_at_ms` integer;--> statement-breakpoint
CREATE INDEX `users_to_freeze` ON `users` (`disabled_at_ms`) WHERE disabled_at_ms IS NOT NULL AND frozen_at_ms IS NULL;--> statement-breakpoint
CREATE INDEX `exceptions_state` ON `exceptions` (`state`,`last_at_ms`);--> statement-breakpoint
UPDATE `payments` SET `next_check_at_ms` = `completed_at_ms` + 86400000 * CASE
	WHEN `completed_at_ms` > unixepoch() * 1000 - 86400000 THEN 1
	WHEN `completed_at_ms` > unixepoch() * 1000 - 86400000 * 7 THEN 7
	WHEN `completed_at_ms` > unixepoch() * 1000 - 86400000 * 21 THEN 21
	ELSE 45 END
	WHERE `status` = 'completed' AND `method` = 'monnify' AND `completed_at_ms` > unixepoch() * 1000 - 86400000 * 45;
