import { PolicyPack } from "@pulumi/policy";
import { replicationPolicies } from "pulumi-storage-replication/policy";

// Strict for all stacks; what is still being introduced is softened by a file, see policy-config.json.
new PolicyPack("storage-replication", {
	policies: replicationPolicies({
		reason: /^CHG-\d+/,
		windows: [{ days: ["Sat", "Sun"], from: "00:00", to: "06:00", timeZone: "Europe/Berlin" }],
		maxDataLossSeconds: 300,
		production: /^prod/,
	}),
});
