CREATE TABLE `event_outbox` (
	`seq` integer PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`version` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`data` text NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`next_attempt_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `event_outbox_id` ON `event_outbox` (`owner`,`id`);--> statement-breakpoint
CREATE INDEX `event_outbox_owner` ON `event_outbox` (`owner`);--> statement-breakpoint
CREATE TABLE `streams` (
	`user_uuid` text PRIMARY KEY NOT NULL,
	`created_at_ms` integer NOT NULL
);
