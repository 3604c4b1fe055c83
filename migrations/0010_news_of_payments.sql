ALTER TABLE `payments` ADD `noticed_at_ms` integer;--> statement-breakpoint
ALTER TABLE `payments` ADD `notice_cause` text;