/** Everything the bridge waits for or keeps has a bound, and the bound has a unit. */
export const limits = {
	/** One call, from the line sent to the frame received. */
	requestTimeoutMs: 120_000,
	/** Start of PowerShell plus connecting. Windows alone takes 0.2 to 5 s, with a slow profile disk more. */
	startTimeoutMs: 60_000,
	/** One CIM call gives up this much earlier than we do, so that mostly its error arrives and not silence. */
	operationTimeoutMarginMs: 5_000,
	/** Before a read is repeated that the provider was too busy for. */
	busyRetryMs: 1_000,
	/** The job of a Discover of one array, and how often it is asked for. */
	discoverMs: 600_000,
	discoverPollMs: 2_000,
	/** Closing a CimSession before the process is ended anyway. */
	closeTimeoutMs: 2_000,
	/** After the exit was seen, for output that is still in the pipe. */
	lastOutputMs: 500,
	/** How long a process reads by the keys of its last reading of everything: links that were made since are in none. */
	keysLifeMs: 30_000,
	/** After the output closed, for the exit that says why. */
	exitReasonMs: 100,
	/** After SIGTERM, before SIGKILL. */
	killAfterMs: 3_000,
	/** Text without a complete line that is kept, which bounds the answer: 64 MiB of base64 are 48 MiB of facts. */
	answerCharacters: 64 * 1024 * 1024,
	/** The line of one request. */
	requestCharacters: 1024 * 1024,
	/** End of stderr that is kept for the error. */
	stderrCharacters: 1_024,
	/** Processes of one host. */
	maxProcesses: 4,
	/** Calls of one host that wait for a process. */
	queuedCalls: 1_000,
	/** A process beyond the first is ended when nothing overlapped for this long. */
	surplusIdleMs: 5_000,
	/** Wait before a start that follows failures: the first is immediate, then doubling from here. */
	backOffMs: 250,
	maxBackOffMs: 10_000,
} as const;
