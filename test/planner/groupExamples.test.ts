import { expect, test } from "vitest";
import { planTransition } from "../../provider/planner/planTransition";
import { inOneLine, situationOf } from "./story";

/** What a storage administrator expects of replication groups: situation, wish, steps. */
test.each([
	[
		"a group is suspended by one call",
		"member a Synchronized, member b Synchronized",
		"suspended",
		"Suspend [protectionLoss]",
	],
	[
		"a member that is suspended already does not stand in the way",
		"member a Suspended, member b Synchronized",
		"suspended",
		"Suspend [protectionLoss]",
	],
	[
		"a group of which all is as wished is left alone",
		"member a Synchronized, member b Synchronized",
		"active",
		"nothing",
	],
	[
		"a group half failed over: Failback of all",
		"member a Failedover, member b Synchronized",
		"active",
		"Failback [dataLoss: writes of source a]",
	],
	[
		"a group half failed over, reversed there and back: what serves between the two gets writes",
		"features 30 31, without Failback, alone, member a Failedover, member b Synchronized",
		"active keep source",
		"Suspend b [protectionLoss]; ReverseRoles [availability]; ReverseRoles [availability]; Resume [dataLoss: writes of target]",
	],
	[
		"a group half failed over is not failed over again",
		"member a Failedover, member b Synchronized",
		"failedOver",
		"SR1026",
	],
	[
		"a group failed over comes back",
		"member a Failedover, member b Failedover",
		"active",
		"Failback [dataLoss: writes of source]",
	],
	[
		"a planned failover of a group",
		"member a Synchronized, member b Synchronized",
		"failedOver",
		"Failover [availability]",
	],
	[
		"a lost site: one call for all",
		"source unreachable, member a Synchronized, member b Suspended",
		"failedOver",
		"Failover [dataLoss: writes of source]",
	],
	[
		"a lost site, half of it failed over: the rest alone",
		"source unreachable, alone, member a Failedover, member b Synchronized",
		"failedOver",
		"Failover b [dataLoss: writes of source]",
	],
	[
		"the same, where members are not steered alone",
		"source unreachable, member a Failedover, member b Synchronized",
		"failedOver",
		"SR1026",
	],
	[
		"the same, where the group itself says Failedover",
		"group Failedover, source unreachable, alone, member a Failedover, member b Synchronized",
		"failedOver",
		"SR1026",
	],
	[
		"a lost site with half a member",
		"source unreachable, member a Synchronized, member b Suspended target inconsistent",
		"failedOver",
		"SR1023",
	],
	[
		"a group is reversed by one call",
		"member a Synchronized, member b Synchronized",
		"reversed",
		"ReverseRoles [availability]",
	],
	[
		"an asynchronous group loses the tail of what is written to",
		"member a Synchronized Asynchronous source read-only, member b Synchronized Asynchronous",
		"reversed",
		"ReverseRoles [dataLoss: writes of source b]",
	],
	["roles that differ stop everything", "member a Synchronized, member b Synchronized reverse", "active", "SR1031"],
	["roles that differ stop a removal too", "member a Synchronized, member b Synchronized reverse", "absent", "SR1031"],
	["an unread member stops everything", "member a Synchronized, member b Synchronized unread", "suspended", "SR1032"],
	[
		"a pair is added with one stop",
		"features 47 63, member a Synchronized, candidate b Synchronized",
		"active pairs a+b",
		"Suspend [protectionLoss]; AddSyncPair b; Resume [protectionLoss]",
	],
	[
		"a pair is added without a stop",
		"member a Synchronized, candidate b Synchronized",
		"active pairs a+b",
		"AddSyncPair b",
	],
	[
		"a pair is copied before the group is stopped for it",
		"features 46 63, member a Synchronized, candidate b absent",
		"active pairs a+b",
		"create b; wait Synchronized; Split [protectionLoss]; AddSyncPair b; ResyncReplica [protectionLoss]",
	],
	[
		"a pair is exchanged in one stop",
		"features 46 63, member a Synchronized, member b Synchronized, candidate c Synchronized",
		"active pairs a+c",
		"Split [protectionLoss]; RemoveSyncPair b [protectionLoss]; AddSyncPair c; ResyncReplica [protectionLoss]",
	],
	[
		"a pair leaves and stays related",
		"member a Synchronized, member b Synchronized",
		"active pairs a",
		"RemoveSyncPair b [protectionLoss]",
	],
	[
		"a pair that runs the other way cannot join",
		"member a Synchronized, candidate b Synchronized reverse",
		"active pairs a+b",
		"SR1039",
	],
	[
		"no role moves for a change of pairs",
		"features 48, member a Synchronized, candidate b Synchronized",
		"active pairs a+b",
		"SR1038",
	],
	[
		"consistency comes before the split that it is for",
		"consistency false, member a Synchronized, member b Synchronized",
		"split consistency true",
		"ActivateConsistency; Split [protectionLoss]",
	],
	[
		"consistency is turned off",
		"consistency true, member a Synchronized",
		"active consistency false",
		"DeactivateConsistency [protectionLoss]",
	],
	[
		"where it is always on, it cannot be",
		"features 4, consistency true, member a Synchronized",
		"active consistency false",
		"SR1022",
	],
	[
		"suspended and split members, one by one",
		"alone, member a Suspended target ahead no, member b Split target ahead no",
		"active",
		"ResyncReplica b [protectionLoss]; Resume",
	],
	["the same, where members are not steered alone", "member a Suspended, member b Split", "active", "SR1026"],
	[
		"a split group is made one again",
		"member a Split target ahead no, member b Split target ahead yes",
		"active",
		"ResyncReplica [dataLoss: writes of target b]",
	],
	[
		"a member that is copied is waited for",
		"member a Synchronized, member b Unsynchronized Resyncing",
		"active",
		"wait Synchronized",
	],
	[
		"a job on the group is waited for",
		"job 7, member a Synchronized, member b Synchronized",
		"suspended",
		"wait Synchronized",
	],
	["a group of one word", "features 50, group Synchronized", "suspended", "Suspend [protectionLoss]"],
	[
		"a group is ended by one call",
		"member a Synchronized, member b Suspended",
		"absent by Dissolve",
		"Dissolve [protectionLoss]",
	],
	["a disk of a group is not suspended alone", "Synchronized, of Orders", "suspended", "SR1029"],
	["nor deleted alone", "Synchronized, of Orders", "absent", "SR1029"],
	["but left alone where it is as wished", "Synchronized, of Orders", "active", "nothing"],
] as const)("%s", (_, observe, want, steps) => {
	expect(inOneLine(planTransition(situationOf(observe, want)))).toBe(steps);
});

/** What the plan of a pair would warn of is told of the group, or of those of its pairs of which it is true. */
test.each([
	["all were seen complete", "member a Synchronized, member b Synchronized", []],
	[
		"nobody saw one of them complete",
		"member a Synchronized, member b Suspended",
		[
			"b: nobody saw the copy on the target complete since it stopped; check its data before anything is served from it",
		],
	],
	[
		"nor any of them",
		"member a Suspended, member b Suspended",
		["nobody saw the copy on the target complete since it stopped; check its data before anything is served from it"],
	],
	[
		"those that are failed over already are not warned of again",
		"alone, member a Failedover, member b Suspended",
		[
			"some members are steered alone: what they hold is not one point in time for the group",
			"b: nobody saw the copy on the target complete since it stopped; check its data before anything is served from it",
		],
	],
	[
		"one target is not well",
		"member a Synchronized, member b Synchronized target unusable",
		["b: the target is not healthy (HealthStatus or OperationalStatus); whether it can serve is not known"],
	],
] as const)("a lost site: %s", (_, observe, warnings) => {
	const lost = "the source cannot be read; what it holds is not known";
	const answer = planTransition(situationOf(`source unreachable, ${observe}`, "failedOver"));
	expect(answer).toMatchObject({ outcome: "plan", warnings: [lost, ...warnings] });
});

test("a group that is suspended while one of its pairs is half a copy", () => {
	const observe = "member a Synchronized, member b Unsynchronized Resyncing";
	expect(planTransition(situationOf(observe, "suspended"))).toMatchObject({
		warnings: ["b: the target is a partial copy and cannot serve until the copy has been completed"],
	});
});
