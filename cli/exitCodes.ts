/** What the process says when it ends. */
export const exitCodes = {
	/** Done. A refusal by the planner is an answer, not a failure. */
	done: 0,
	/** It could not be done; one line on standard error says why. */
	failed: 1,
	/** The command line, a file that it names or the input is malformed. */
	usage: 2,
} as const;
