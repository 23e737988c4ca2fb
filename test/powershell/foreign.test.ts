import { resolve } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { connect, failureOf } from "./lab";

afterEach(() => {
	vi.unstubAllEnvs();
});

describeWithPowerShell("on another provider than ours", () => {
	test("reads instances of any make, and finds the peer through the association", async () => {
		const { disks, relationships } = await foreign("streamed").observe();
		expect(disks).toMatchObject([{ uniqueId: "EAST", friendlyName: "Orders", subsystem: "", access: null }]);
		expect(relationships).toMatchObject([
			{
				diskUniqueId: "EAST",
				peerUniqueId: "WEST",
				peerName: "Orders-DR",
				role: "source",
				copyState: 4,
				progressStatus: 2,
				syncMode: 3,
				syncType: 6,
				percentSynced: null,
				job: null,
			},
		]);
		expect(relationships[0]?.lagSeconds).toBeGreaterThan(86_400);
	});

	test("finds ReturnValue among streamed outputs, and the job behind an object path", async () => {
		const answer = await set("streamed");
		expect(answer).toEqual({ returnCode: 4096, jobId: "J-1", message: "Operation,RunAsJob,VirtualDiskReplicaPeer" });
		expect(await foreign("streamed").job("J-1")).toMatchObject({ id: "J-1", jobState: 4, percentComplete: null });
	});

	test("takes a return code from an error that was thrown or only written", async () => {
		expect(await set("thrown")).toMatchObject({ returnCode: 40001 });
		expect(await set("written")).toMatchObject({ returnCode: 40009 });
	});

	test("a method that answers nothing may have had its effect", async () => {
		expect(await failureOf(set("nothing"))).toMatchObject({ name: "CallCutOff" });
	});

	test("says nothing of capabilities where there are none", async () => {
		expect(await foreign("streamed").capabilities({ subsystem: "", replicationType: 4 })).toEqual({
			operations: null,
			features: [],
		});
	});
});

function foreign(what: string) {
	vi.stubEnv("PSModulePath", resolve(__dirname, "foreign"));
	vi.stubEnv("FOREIGN_CASE", what);
	return connect();
}

function set(what: string) {
	return foreign(what).setReplicationRelationship({
		operation: 22,
		diskObjectId: '{1}\\\\E\\X:VD.ObjectId="{a}"',
		peerUniqueId: "west",
		madePeer: null,
	});
}
