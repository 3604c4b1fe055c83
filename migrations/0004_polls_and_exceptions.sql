CREATE TABLE `exceptions` (
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`amount_kobo` integer,
	`first_at_ms` integer NOT NULL,
	`last_at_ms` integer NOT NULL,
	`count` integer NOT NULL,
	`state` text NOT NULL,
	`owner` text,
	`note` text,
	`resolution` text,
	PRIMARY KEY(`kind`, `subject`),
	CONSTRAINT "exceptions_amount" CHECK("exceptions"."amount_kobo" IS NULL OR (typeof("exceptions"."amount_kobo") = 'integer' AND "exceptions"."amount_kobo" >= 0))
);
--> statement-breakpoint
CREATE INDEX `exceptions_subject` ON `exceptions` (`subject`);--> statement-breakpoint
ALTER TABLE `payments` ADD `polls` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `webhook_events` ADD `tries` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `webhook_events` ADD `next_try_at_ms` integer;--> statement-breakpoint
CREATE INDEX `webhook_events_next_try` ON `webhook_events` (`next_try_at_ms`) WHERE next_try_at_ms IS NOT NULL;--> statement-breakpoint
UPDATE `payments` SET `next_ask_at_ms` = NULL WHERE `next_ask_at_ms` IS NOT NULL AND `status` IN ('completed', 'failed', 'cancelled');--> statement-breakpoint
UPDATE `webhook_events` SET `next_try_at_ms` = `tried_at_ms` WHERE `outcome` IS NULL OR `outcome` = 'unknown_reference';--> statement-breakpoint
INSERT INTO `exceptions` (`kind`, `subject`, `first_at_ms`, `last_at_ms`, `count`, `state`) SELECT `kind`, `reference`, `noted_at_ms`, `noted_at_ms`, 1, 'open' FROM `payment_exceptions`;
