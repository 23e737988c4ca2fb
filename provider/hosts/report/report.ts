import * as z from "zod";
import { type ErrorCode, errorCodes } from "../../model/errorCodes";
import { capabilitiesAnswer, diagnoseAnswer, failureFacts, observeAnswer, readyAnswer } from "../powershell/answers";
import { isTroubleName, type TroubleName } from "../powershell/troubles";

/** A question that had no answer. */
const failed = z.object({
	ok: z.literal(false),
	code: z.custom<ErrorCode>((code) => Object.values<unknown>(errorCodes).includes(code), "expected an error code"),
	/** What happened, for people; empty in a file. */
	what: z.string(),
	/** The row of troubles.ts, where there is one: what ssh said is not in a file, what it meant is. */
	trouble: z.custom<TroubleName>(isTroubleName, "expected a trouble").nullable(),
	exception: failureFacts.nullable(),
});
export type FailedRead = z.infer<typeof failed>;

function outcome<T extends z.ZodType>(value: T) {
	return z.discriminatedUnion("ok", [z.object({ ok: z.literal(true), value }), failed]);
}

/** Every read of one host with its answer. `null`: it was not asked, because what comes before it failed. */
export const hostRecord = z.strictObject({
	kind: z.enum(["local", "cim", "ssh"]),
	diagnosis: outcome(diagnoseAnswer.extend(readyAnswer.shape)),
	observation: outcome(observeAnswer).nullable(),
	capabilities: z.array(
		z.strictObject({
			subsystem: z.string(),
			replicationType: z.int(),
			of: z.enum(["element", "group"]),
			answer: outcome(capabilitiesAnswer),
		}),
	),
	/** `aheadMs`: how far the host's clock is ahead of ours; `null`: it may not be read. */
	contact: outcome(z.object({ roundTripMs: z.int(), aheadMs: z.int().nullable() })).nullable(),
});
export type HostRecord = z.infer<typeof hostRecord>;

/** Another shape of an answer is another version: a file that is half understood would be believed. */
export const reportVersion = 2;

export const report = z.strictObject({
	format: z.literal("storage-replication-report"),
	version: z.literal(reportVersion),
	hosts: z.array(hostRecord).min(1),
});
export type Report = z.infer<typeof report>;
