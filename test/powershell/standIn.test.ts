import { expect, test } from "vitest";
import { relationship, vocabulary } from "../../provider/model/vocabulary";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { eastLink, lab } from "./lab";
import { type StandInState, twoArrays } from "./standIn";

const operations = vocabulary["MSFT_VirtualDisk.SetReplicationRelationship.Operation"];
type Name = keyof typeof operations;

/** Where East's disk ends after these operations; `gone` after a removal, `refused` when the last one was. */
interface Story {
	readonly send: readonly Name[];
	readonly ends: string;
	readonly features?: readonly number[];
}

const stories: readonly Story[] = [
	{ send: ["Suspend"], ends: "Suspended source" },
	{ send: ["Suspend", "Resume"], ends: "Synchronized source" },
	{ send: ["Fracture", "ResyncReplica"], ends: "Synchronized source" },
	{ send: ["Split", "ResyncReplica"], features: [22], ends: "Synchronized source, RequiresActivate" },
	{ send: ["Split", "ResyncReplica", "Activate"], features: [22], ends: "Synchronized source" },
	{ send: ["Failover"], ends: "Failedover source" },
	{ send: ["Failover", "Failback"], ends: "Synchronized source" },
	// The toggle that makes it deadly to send Failover twice.
	{ send: ["Failover", "Failover"], ends: "Synchronized source" },
	{ send: ["Failover", "ReverseRoles"], ends: "Suspended target" },
	{ send: ["ReverseRoles"], ends: "Synchronized target" },
	{ send: ["ReverseRoles"], features: [20], ends: "Synchronized target, RequiresResync" },
	{ send: ["ReverseRoles"], features: [19], ends: "refused" },
	{ send: ["Failover"], features: [54], ends: "refused" },
	{ send: ["Fracture", "Failover"], features: [54], ends: "Failedover source" },
	{ send: ["Resume"], ends: "refused" },
	{ send: ["ResetToSync"], ends: "Synchronized source" },
	{ send: ["Detach"], ends: "gone" },
	{ send: ["Detach"], features: [16], ends: "refused" },
	{ send: ["Failover", "Dissolve"], features: [53], ends: "refused" },
];

describeWithPowerShell("the stand-in array", () => {
	test("goes from state to state as the replication model says", async () => {
		// One PowerShell for all of them: its start takes longer than a story.
		const shared = lab();
		for (const story of stories)
			expect(`${story.send.join(", ")}: ${await tell(story, shared)}`).toBe(`${story.send.join(", ")}: ${story.ends}`);
	});
});

async function tell({ send, features = [] }: Story, { host, standIn }: ReturnType<typeof lab>): Promise<string> {
	standIn.write(
		twoArrays(1, (state: StandInState) => {
			state.settings.reads = 0;
			for (const array of state.arrays) array.features = [...features];
		}),
	);
	const before = standIn.operations().length;
	const link = await eastLink(host);
	let refused = false;
	for (const name of send) {
		const { returnCode } = await host.setReplicationRelationship({
			...link,
			operation: operations[name],
			madePeer: null,
		});
		refused = returnCode !== 0 && returnCode !== 4096;
	}
	expect(standIn.operations()).toHaveLength(before + send.length);
	const { relationships } = await host.observe();
	const now = relationships.find(({ diskUniqueId }) => diskUniqueId === link.diskUniqueId);
	if (refused) return "refused";
	if (now === undefined) return "gone";
	const requires = nameOf(relationship.virtualDiskToVirtualDiskProgressStatus, now.progressStatus);
	return `${nameOf(relationship.synchronizedCopyState, now.copyState)} ${now.role}${requires === "Completed" ? "" : `, ${requires}`}`;
}

function nameOf(table: Readonly<Record<string, number>>, number: number): string {
	return Object.keys(table).find((name) => table[name] === number) ?? String(number);
}
