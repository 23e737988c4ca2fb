import * as z from "zod";

/**
 * What an array tells of a relationship, beside what it is. Left out, as in older files: tells everything, kindly.
 * - `lagBy`: a number of seconds; the same of what is under way, so none while the copy stands still; a SyncTime, the
 *   moment as of which the target holds everything; or nothing.
 * - `syncTimeAgeMs`: a SyncTime that moves with the clock is always this old, so a lag told by it is never zero.
 * - `syncTimeStands`: it is that of the last arrival and stays there: a drained pair looks ever further behind.
 * - `tailStands`: what was written to an asynchronous source does not arrive while it is so: the line is too thin.
 * - `reportsMode`: SyncMode is 0 otherwise, whatever it is.
 * - `reportsRequested`: RequestedCopyState says what was asked last, before the state shows it.
 */
export const traitsSchema = z.strictObject({
	lagBy: z.enum(["seconds", "underWay", "syncTime", "none"]).optional(),
	syncTimeAgeMs: z.number().nonnegative().optional(),
	syncTimeStands: z.boolean().optional(),
	tailStands: z.boolean().optional(),
	reportsMode: z.boolean().optional(),
	reportsRequested: z.boolean().optional(),
});

export type Traits = z.infer<typeof traitsSchema>;
