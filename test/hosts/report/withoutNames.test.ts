import { expect, test } from "vitest";
import { observationOf } from "../../../provider/hosts/powershell/observation";
import { pseudonyms } from "../../../provider/hosts/report/pseudonyms";
import type { HostRecord } from "../../../provider/hosts/report/report";
import { withoutNames } from "../../../provider/hosts/report/withoutNames";

const exception = {
	stage: "before",
	errorId: "StorageWMI 46001,Canary",
	category: "NotSpecified",
	type: "Canary.Exception",
	message: "subsystem Canary East cannot be reached by LAB\\canary",
	nativeErrorCode: "Canary",
	hResult: "canary",
	messageId: "MiClientApiError_Canary",
	detail: "ask canary@example.com",
	missingClass: false,
} as const;

const unread = { ...exception, className: "MSFT_VirtualDisk", source: "canary, Canary West" };

/** A record with the canary wherever an answer has text. */
function record(change: Partial<HostRecord> = {}): HostRecord {
	const list = { returnCode: 1, numbers: null, message: "canary" };
	return {
		kind: "ssh",
		diagnosis: {
			ok: true,
			value: {
				version: "10.0.0.1",
				edition: "canary",
				languageMode: "canary",
				executionPolicy: "canary",
				administrator: true,
				account: { name: "LAB\\canary", authenticationType: "canary", logOnGroups: ["S-1-5-2", "S-1-5-21-canary"] },
				classFound: true,
				methodFound: true,
				runAsJob: true,
				hostTime: "canary",
				providers: [["canary", "canary", "canary", "canary 1.2", 2, 3]],
				subsystems: [["canary", "canary", "Canary East", "canary", 3, 0, [2], null, true]],
				serves: [["canary", "canary"]],
				unread: [unread],
			},
		},
		observation: {
			ok: true,
			value: {
				disks: [["canary disk", "canary id", "canary", 3, "canary array", 0, [2]]],
				links: [
					[
						"canary disk",
						"canary peer",
						"canary",
						null,
						"canary",
						"Canary West",
						true,
						4,
						2,
						3,
						6,
						100,
						"canary",
						null,
					],
				],
				peers: [["canary peer", "canary", null, "canary", "Canary West", true]],
				followed: [{ disk: "canary disk", peers: [["canary peer", "canary", null, "canary", "Canary West", true]] }],
				pairs: [["canary disk", "canary disk", 4, 2, 3, 6, 100, "canary", null]],
				subsystems: [
					["canary array", "canary", "Canary East", "canary", 3],
					["canary west", "canary2", "Canary West", null, 3],
				],
				holds: [["canary array", "canary disk"]],
				jobs: [["canary", "canary", "canary", 4, 1, null, 1, "about canary"]],
				affects: [["canary", "canary disk"]],
				groups: {
					listed: [["canary group", "canary", "canary"]],
					members: [["canary group", "canary disk"]],
					links: [
						[
							"canary group",
							"canary",
							"canary",
							null,
							"canary",
							"Canary West",
							true,
							4,
							2,
							3,
							6,
							100,
							"canary",
							null,
							3,
						],
					],
					holds: [["canary array", "canary group"]],
				},
				unread: [{ ...unread, source: "" }],
				hostTime: "2026-01-02T03:04:05.6789012Z",
			},
		},
		capabilities: [
			{
				subsystem: "Canary East",
				replicationType: 4,
				of: "element",
				answer: {
					ok: true,
					value: {
						found: true,
						types: [4],
						supportsReplicationGroup: null,
						supportsFullDiscovery: null,
						operations: list,
						features: list,
						copyStates: list,
					},
				},
			},
			{
				subsystem: "Canary West",
				replicationType: 4,
				of: "group",
				answer: { ok: false, code: "SR4001", what: "canary", trouble: "sshDenied", exception },
			},
		],
		contact: { ok: false, code: "SR4001", what: "canary", trouble: null, exception },
		...change,
	};
}

test("whatever a host answers, no text of it is left but words of Windows", () => {
	const text = JSON.stringify(withoutNames(record(), pseudonyms()));
	expect(text).not.toMatch(/canary/i);
	expect(text, "what has the form of a version may be an address").not.toContain("10.0.0.1");
	expect(text).toContain('"errorId":"StorageWMI 46001"');
	expect(text).toContain('"trouble":"sshDenied"');
	expect(text).toContain('"logOnGroups":["S-1-5-2"]');
	expect(text).toContain("2026-01-02T03:04:05.6789012Z");
});

test("a failure that hides the rest has no words either", () => {
	const failed = { ok: false, code: "SR4001", what: "canary", trouble: "kerberos", exception } as const;
	const gone = withoutNames(record({ diagnosis: failed, observation: failed, capabilities: [] }), pseudonyms());
	expect(JSON.stringify(gone)).not.toMatch(/canary/i);
	expect(gone.diagnosis).toMatchObject({ code: "SR4001", what: "", trouble: "kerberos" });
});

test("ids stay joined, in any letter case, and an error stays with the array that it names", () => {
	const pseudonym = pseudonyms();
	const { observation } = withoutNames(record(), pseudonym);
	if (observation?.ok !== true) throw new Error("no observation");
	const { disks, relationships, unread: parts } = observationOf(observation.value);
	expect(disks).toMatchObject([{ uniqueId: pseudonym("CANARY ID"), subsystem: pseudonym("canary east") }]);
	expect(relationships[0]).toMatchObject({ diskObjectId: disks[0]?.objectId, peerSubsystem: pseudonym("Canary West") });
	expect(parts).toMatchObject([{ hides: "disks", subsystem: pseudonym("Canary East") }]);
});

test("empty is not reported and stays that; another key gives other pseudonyms", () => {
	expect(pseudonyms()("")).toBe("");
	expect(pseudonyms()("a")).not.toBe(pseudonyms()("a"));
});

test("times stay, of links of groups too", () => {
	const { observation, ...rest } = record();
	if (observation?.ok !== true || observation.value.groups === null) throw new Error("no groups");
	const [first] = observation.value.groups.links ?? [];
	if (first === undefined) throw new Error("no link");
	const time = "2026-01-02T03:04:05Z";
	const groups = { ...observation.value.groups, links: [first.with(12, time) as typeof first] };
	const timed = { ...rest, observation: { ...observation, value: { ...observation.value, groups } } };
	expect(JSON.stringify(withoutNames(timed, pseudonyms()))).toContain(time);
});
