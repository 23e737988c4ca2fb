import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";

/**
 * A state-changing call whose answer never came: the process died, the time ran out, the line broke. It may have had
 * its effect. The executor reads the array and never sends the operation again from the same observation, because
 * some arrays undo a Failover when they get a second one (CoprHD issues a failback then).
 */
export class CallCutOff extends ReplicationError {
	constructor(what: string, options?: { readonly cause?: unknown }) {
		super(
			{
				code: errorCodes.callCutOff,
				class: "transport",
				what,
				dataSafety: "not known from the call; the array is read before anything else is sent.",
				remedy: "run the same command again: it observes first and goes on from what it finds.",
			},
			options,
		);
		this.name = "CallCutOff";
	}
}
