CREATE TABLE `sessions` (
	`uuid` text PRIMARY KEY NOT NULL,
	`user_uuid` text NOT NULL,
	`refresh_token_hash` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_used_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`revoked_at_ms` integer,
	FOREIGN KEY (`user_uuid`) REFERENCES `users`(`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_uuid`);--> statement-breakpoint
CREATE TABLE `payment_exceptions` (
	`kind` text NOT NULL,
	`reference` text NOT NULL,
	`payment_uuid` text,
	`noted_at_ms` integer NOT NULL,
	PRIMARY KEY(`kind`, `reference`)
);
--> statement-breakpoint
CREATE TABLE `payments` (
	`uuid` text PRIMARY KEY NOT NULL,
	`user_uuid` text NOT NULL,
	`method` text NOT NULL,
	`wallet_type` text NOT NULL,
	`amount_kobo` integer NOT NULL,
	`description` text,
	`status` text NOT NULL,
	`reference` text NOT NULL,
	`attempt` integer NOT NULL,
	`attempt_began_at_ms` integer,
	`monnify_reference` text,
	`checkout_url` text,
	`amount_paid_kobo` integer NOT NULL,
	`standing_seq` integer NOT NULL,
	`failure_reason` text,
	`next_ask_at_ms` integer,
	`idempotency_key` text,
	`fingerprint` text,
	`created_at_ms` integer NOT NULL,
	`completed_at_ms` integer,
	FOREIGN KEY (`user_uuid`) REFERENCES `users`(`uuid`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "payments_amount" CHECK(typeof("payments"."amount_kobo") = 'integer' AND "payments"."amount_kobo" > 0),
	CONSTRAINT "payments_paid" CHECK(typeof("payments"."amount_paid_kobo") = 'integer' AND "payments"."amount_paid_kobo" >= 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `payments_reference` ON `payments` (`reference`);--> statement-breakpoint
CREATE UNIQUE INDEX `payments_idempotency_key` ON `payments` (`user_uuid`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `payments_user` ON `payments` (`user_uuid`,`created_at_ms`,`uuid`);--> statement-breakpoint
CREATE INDEX `payments_next_ask` ON `payments` (`next_ask_at_ms`) WHERE next_ask_at_ms IS NOT NULL;--> statement-breakpoint
CREATE TABLE `webhook_events` (
	`body_hash` text PRIMARY KEY NOT NULL,
	`body` text NOT NULL,
	`event_type` text,
	`payment_reference` text,
	`times_received` integer NOT NULL,
	`received_at_ms` integer NOT NULL,
	`tried_at_ms` integer NOT NULL,
	`outcome` text
);
--> statement-breakpoint
CREATE INDEX `webhook_events_open` ON `webhook_events` (`tried_at_ms`) WHERE outcome IS NULL OR outcome = 'unknown_reference';--> statement-breakpoint
CREATE TABLE `users` (
	`uuid` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`email_key` text NOT NULL,
	`password_hash` text NOT NULL,
	`first_name` text,
	`last_name` text,
	`created_at_ms` integer NOT NULL,
	`disabled_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_key` ON `users` (`email_key`);--> statement-breakpoint
CREATE TABLE `call_sessions` (
	`uuid` text PRIMARY KEY NOT NULL,
	`wallet_uuid` text NOT NULL,
	`recipient_phone` text NOT NULL,
	`recipient_name` text,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`rate` text NOT NULL,
	`hold_kobo` integer NOT NULL,
	`charge_kobo` integer,
	`created_at_ms` integer NOT NULL,
	`started_at_ms` integer,
	`ended_at_ms` integer,
	`end_reason` text,
	`change` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `transactions` (
	`wallet_uuid` text NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`from_account` text NOT NULL,
	`to_account` text NOT NULL,
	`amount_kobo` integer NOT NULL,
	`balance_kobo` integer NOT NULL,
	`reference` text NOT NULL,
	`source_uuid` text NOT NULL,
	`posted_at_ms` integer NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`wallet_uuid`, `seq`),
	CONSTRAINT "transactions_amount" CHECK(typeof("transactions"."amount_kobo") = 'integer' AND "transactions"."amount_kobo" > 0),
	CONSTRAINT "transactions_balance" CHECK(typeof("transactions"."balance_kobo") = 'integer' AND "transactions"."balance_kobo" >= 0)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `wallets` (
	`uuid` text PRIMARY KEY NOT NULL,
	`user_uuid` text NOT NULL,
	`type` text NOT NULL,
	`currency` text NOT NULL,
	`posted_kobo` integer NOT NULL,
	`entry_seq` integer NOT NULL,
	`entry_hash` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`change` integer NOT NULL,
	CONSTRAINT "wallets_posted" CHECK(typeof("wallets"."posted_kobo") = 'integer' AND "wallets"."posted_kobo" >= 0)
) WITHOUT ROWID;
