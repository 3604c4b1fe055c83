CREATE TABLE `daily_books` (
	`day` text PRIMARY KEY NOT NULL,
	`top_ups_kobo` integer NOT NULL,
	`charges_kobo` integer NOT NULL,
	`refunds_kobo` integer NOT NULL,
	`reversals_kobo` integer NOT NULL,
	`goodwill_kobo` integer NOT NULL,
	`corrections_kobo` integer NOT NULL,
	`debt_payments_kobo` integer NOT NULL,
	`forfeits_kobo` integer NOT NULL,
	`waivers_kobo` integer NOT NULL,
	`other_kobo` integer NOT NULL,
	`in_transit_kobo` integer NOT NULL,
	`fees_kobo` integer NOT NULL,
	`liability_kobo` integer NOT NULL,
	`entries` integer NOT NULL,
	`computed_at_ms` integer NOT NULL,
	`changes` integer DEFAULT 0 NOT NULL,
	`difference_kobo` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `settlement_lines` (
	`settlement_reference` text NOT NULL,
	`line` integer NOT NULL,
	`transaction_reference` text NOT NULL,
	`payment_reference` text NOT NULL,
	`payment_uuid` text,
	`amount_paid_kobo` integer NOT NULL,
	`net_kobo` integer,
	`fee_kobo` integer,
	`outcome` text NOT NULL,
	PRIMARY KEY(`settlement_reference`, `line`),
	CONSTRAINT "settlement_lines_paid" CHECK(typeof("settlement_lines"."amount_paid_kobo") = 'integer' AND "settlement_lines"."amount_paid_kobo" >= 0)
);
--> statement-breakpoint
CREATE INDEX `settlement_lines_transaction` ON `settlement_lines` (`transaction_reference`);--> statement-breakpoint
CREATE INDEX `settlement_lines_payment` ON `settlement_lines` (`payment_uuid`) WHERE payment_uuid IS NOT NULL;--> statement-breakpoint
CREATE INDEX `settlement_lines_open` ON `settlement_lines` (`settlement_reference`,`line`) WHERE outcome = 'open';--> statement-breakpoint
CREATE TABLE `settlement_progress` (
	`id` integer PRIMARY KEY NOT NULL,
	`completed_at_ms` integer NOT NULL,
	`uuid` text NOT NULL,
	CONSTRAINT "settlement_progress_one" CHECK("settlement_progress"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `settlements` (
	`reference` text PRIMARY KEY NOT NULL,
	`amount_kobo` integer,
	`destination` text,
	`settled_at_ms` integer NOT NULL,
	`received_at_ms` integer NOT NULL,
	`state` text NOT NULL,
	`digest` text,
	`expected_lines` integer,
	`lines` integer DEFAULT 0 NOT NULL,
	`next_page` integer DEFAULT 0 NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`next_try_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `settlements_settled` ON `settlements` (`settled_at_ms`,`reference`);--> statement-breakpoint
CREATE INDEX `settlements_state` ON `settlements` (`state`,`settled_at_ms`,`reference`);--> statement-breakpoint
CREATE INDEX `settlements_next_try` ON `settlements` (`next_try_at_ms`) WHERE next_try_at_ms IS NOT NULL;--> statement-breakpoint
ALTER TABLE `payments` ADD `known_at_ms` integer;--> statement-breakpoint
CREATE INDEX `payments_completed` ON `payments` (`completed_at_ms`,`uuid`) WHERE completed_at_ms IS NOT NULL;--> statement-breakpoint
CREATE INDEX `exceptions_kind` ON `exceptions` (`state`,`kind`,`first_at_ms`);--> statement-breakpoint
CREATE INDEX `users_first_name` ON `users` (lower(first_name)) WHERE first_name IS NOT NULL;--> statement-breakpoint
CREATE INDEX `users_last_name` ON `users` (lower(last_name)) WHERE last_name IS NOT NULL;--> statement-breakpoint
CREATE INDEX `call_sessions_created` ON `call_sessions` (`created_at_ms`);--> statement-breakpoint
CREATE INDEX `transactions_posted` ON `transactions` (`posted_at_ms`);--> statement-breakpoint
CREATE INDEX `transactions_payment` ON `transactions` (`source_uuid`) WHERE kind IN ('top_up', 'surplus', 'reversal', 'debt', 'gateway_refund', 'refund', 'refund_returned');