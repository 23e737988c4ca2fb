import * as z from "zod";
import { type Ailment, ailments } from "./ailments";

const milliseconds = z.number();
const count = z.int().positive();

/**
 * Faults, and why each must be survived:
 * - `hostDown`: management servers go first in a disaster. `arrayLost`: a site is gone, disks and all.
 * - `linkDown`: the arrays live and cannot reach each other. `slow`: everything takes longer than anybody set as a limit.
 * - `job`: jobs hang, fail, or are deleted before anybody asks (DeleteOnCompletion).
 * - `returnCode`: any answer, with or without the effect: codes 2, 3 and 4 say nothing about what happened.
 * - `staleCache`: Windows answers 40003 until Discover. `cutOff`: the line breaks between call and answer.
 * - `crash`: the caller is killed between call and answer, as a CI runner is.
 * - `writable`: an end accepts writes against its role: split brain.
 * - `health`: a disk that cannot be read is no place to fail over to, however synchronized it is.
 * - `late`: an operation takes effect long after its answer, or after the caller was cut off or killed.
 * - `partial`: an operation on a group moves only so many of its members, whatever it answers.
 * - `contradict`: a host shows what it saw last: two hosts disagree until its cache is refreshed, or longer. At every host
 *   until it discovers it is what the command line calls `stale-state`.
 * - `coldCache`: a restarted Storage service knows no disks, or no relationships yet, until the host discovers its arrays.
 * - `subsystemError`: a provider cannot reach this array and says so beside the rows of the others, naming it or not.
 */
export const faultSchema = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("hostDown"), host: z.string() }),
	z.strictObject({ kind: z.literal("arrayLost"), array: z.string() }),
	z.strictObject({ kind: z.literal("coldCache"), host: z.string(), hides: z.enum(["disks", "relationships"]) }),
	z.strictObject({ kind: z.literal("subsystemError"), array: z.string(), named: z.boolean() }),
	z.strictObject({ kind: z.literal("linkDown"), arrays: z.tuple([z.string(), z.string()]) }),
	z.strictObject({ kind: z.literal("slow"), factor: z.number().positive() }),
	z.strictObject({ kind: z.literal("job"), fate: z.enum(["stuck", "failed", "vanished"]), times: count }),
	z.strictObject({ kind: z.literal("returnCode"), code: z.int().nonnegative(), effect: z.boolean(), times: count }),
	z.strictObject({ kind: z.literal("staleCache"), disk: z.string() }),
	z.strictObject({ kind: z.literal("cutOff"), effect: z.boolean(), times: count }),
	z.strictObject({ kind: z.literal("crash"), effect: z.boolean(), times: count }),
	z.strictObject({ kind: z.literal("writable"), disk: z.string() }),
	z.strictObject({
		kind: z.literal("health"),
		disk: z.string(),
		ailment: z.enum(Object.keys(ailments) as [Ailment, ...Ailment[]]),
	}),
	z.strictObject({ kind: z.literal("partial"), members: z.int().nonnegative(), times: count }),
	z.strictObject({ kind: z.literal("late"), ms: milliseconds.positive(), times: count }),
	z.strictObject({
		kind: z.literal("contradict"),
		host: z.string(),
		disk: z.string(),
		/** What is shown: which of the two disks is the source, and the states. */
		source: z.string(),
		copyState: z.int(),
		progressStatus: z.int(),
		untilMs: milliseconds.nullable(),
		/** Discover on either disk at that host ends it. */
		untilDiscover: z.boolean(),
		/** Of this relationship alone. Left out, as in older files: of all that the disk is in. */
		relationship: z.string().optional(),
	}),
]);
