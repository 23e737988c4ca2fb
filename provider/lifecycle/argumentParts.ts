import * as z from "zod";

// What the arguments of every class are made of.

export const text = z.string().min(1);

/** A disk that has to exist, and where its calls go. */
export const diskOnHost = z.strictObject({ host: text, virtualDisk: text });

const minutes = z.number().positive();
export const timeouts = z.strictObject({
	transitionMinutes: minutes.optional(),
	syncMinutes: minutes.optional(),
	deleteMinutes: minutes.optional(),
});
