import * as z from "zod";

/**
 * How an array makes a replica. Left out, as in older files: at once, by the name it is given, in the mode wished for.
 * - `asJob`: CreateReplica answers 4096, and only the job tells what was made.
 * - `ownNames`: the disk has a name of the array's own, whatever was asked.
 * - `takesMode`: false: the class of the settings has no SyncMode, the array makes every replica synchronous.
 */
export const creationSchema = z.strictObject({
	asJob: z.boolean().optional(),
	ownNames: z.boolean().optional(),
	takesMode: z.boolean().optional(),
});

export type Creation = z.infer<typeof creationSchema>;
