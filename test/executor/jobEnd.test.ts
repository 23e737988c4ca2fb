import { expect, test } from "vitest";
import { jobEnd } from "../../provider/executor/jobEnd";
import {
	storageJobJobState as states,
	storageJobOperationalStatus as statuses,
} from "../../provider/model/vocabulary/storage";

const ok = { ended: true, failed: null };
const failed = { ended: true, failed: expect.stringContaining("job J ended in state") };
const goesOn = { ended: false, failed: null };

test.each([
	["completed", states.Completed, null, [statuses.Completed, statuses.OK], ok],
	["completed, error code 0", states.Completed, 0, [], ok],
	["completed with an error code", states.Completed, 4, [statuses.Completed, statuses.OK], failed],
	["completed with an error status", states.Completed, null, [statuses.Completed, statuses.Error], failed],
	["terminated", states.Terminated, null, [], failed],
	["killed", states.Killed, null, [], failed],
	["ended by an exception", states.Exception, 4, [], failed],
	["running", states.Running, null, [], goesOn],
	["running with an error so far", states.Running, 4, [statuses.Error], goesOn],
	["in no state that is known", 0, null, [], goesOn],
])("a job that is %s", (_, jobState, errorCode, operationalStatus, end) => {
	const job = { id: "J", jobState, errorCode, operationalStatus, percentComplete: null, errorDescription: null };
	expect(jobEnd(job)).toEqual(end);
});
