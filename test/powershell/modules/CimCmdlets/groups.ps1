# Replication groups: instances, and methods that act on all pairs of a group at once. Only as much of an array as the
# calls need that reach it: every relationship moves as Get-Step has it for one.

function Get-Group($State, [string]$Name) { return ($State.groups | Where-Object { $null -ne $_ -and $_.name -eq $Name } | Select-Object -First 1) }

function Get-SeenGroups($State, [string]$Computer) { return @($State.groups | Where-Object { $null -ne $_ -and (Test-Sees $State $_ $Computer) }) }

function Get-GroupInstance($State, $Group) { return (New-Instance $State 'MSFT_ReplicationGroup' ([ordered]@{ ObjectId = 'group:' + $Group.name; UniqueId = 'UID-group-' + $Group.name; FriendlyName = $Group.name; HealthStatus = [uint16]0 })) }

function Get-GroupMembers($State, $Group) {
	$disks = Get-DiskTable $State
	foreach ($id in @($Group.disks)) {
		# A disk that is not in the state is one that the host does not list.
		$objectId = if ($null -ne $disks[[string]$id]) { $disks[[string]$id].objectId } else { [string]$id }
		[pscustomobject]@{ ReplicationGroup = (Get-Reference $State 'MSFT_ReplicationGroup' ('group:' + $Group.name)); VirtualDisk = (Get-Reference $State 'MSFT_VirtualDisk' $objectId) }
	}
}

# The peer that stands for this side of a relationship, which the host of the other side has.
function Get-GroupPeers($State, $Relationship, [string]$Side, [string]$Computer) {
	$other = if ($Side -eq 'source') { 'target' } else { 'source' }
	if ($Relationship.PSObject.Properties['unlistedAt'] -and $Relationship.unlistedAt -eq $other) { return }
	if (-not (Test-Sees $State (Get-Group $State $Relationship.$other) $Computer)) { return }
	$group = Get-Group $State $Relationship.$Side
	$peer = [ordered]@{
		ObjectId = 'peer:' + $Relationship.id + ':' + $Side
		UniqueId = 'peer-' + $Relationship.id + '-' + $Side
		PeerObjectType = [uint16]32769
		PeerObjectId = 'group:' + $group.name
		PeerObjectName = $group.name
		PeerUniqueId = 'UID-group-' + $group.name
		PeerSubsystemName = $group.array
	}
	if ($State.settings.isPrimary) { $peer['IsPrimary'] = ($Side -eq 'source') }
	return (New-Instance $State 'MSFT_ReplicaPeer' $peer)
}

function Get-GroupLinks($State, [string]$Computer) {
	if ($State.cold -ne 'no') { return }
	foreach ($relationship in @($State.groupRelationships)) {
		foreach ($side in 'source', 'target') {
			if ($null -eq $relationship) { continue }
			$other = if ($side -eq 'source') { 'target' } else { 'source' }
			foreach ($peer in (Get-GroupPeers $State $relationship $other $Computer)) {
				$link = New-Synchronized 'MSFT_ReplicationGroupToReplicaPeer' $relationship ([ordered]@{
						ReplicationGroup = (Get-Reference $State 'MSFT_ReplicationGroup' ('group:' + $relationship.$side))
						ReplicaPeer = $(if ($State.settings.references -eq 'embedded') { $peer } else { Get-Reference $State 'MSFT_ReplicaPeer' $peer.ObjectId })
					})
				if ($null -ne $relationship.consistencyState) { Add-Member -InputObject $link -NotePropertyName ConsistencyState -NotePropertyValue ([uint16]$relationship.consistencyState) }
				$link
			}
		}
	}
}

function Invoke-GroupMethod($State, $Instance, [string]$MethodName, $Arguments) {
	$group = Get-Group $State ([string]$Instance.ObjectId).Replace('group:', '')
	switch ($MethodName) {
		'SetReplicationRelationship' { return (Set-GroupRelationship $State $group $Arguments) }
		'CreateReplica' { return (New-GroupRelationship $State $group $Arguments) }
		'CreateReplicationGroup' {
			$made = [pscustomobject]@{ name = [string]$Arguments['FriendlyName']; array = ([string]$Instance.ObjectId).Replace('array:', ''); disks = @(foreach ($disk in @($Arguments['StorageElements'])) { if ($null -ne $disk) { $disk.UniqueId } }) }
			$State.groups = @($State.groups | Where-Object { $null -ne $_ }) + $made
			$answer = New-Answer 0 ''
			$answer.Outputs['CreatedReplicationGroup'] = Get-GroupInstance $State $made
			return $answer
		}
		'AddMember' { $group.disks = @($group.disks) + @(foreach ($disk in $Arguments['StorageObjects']) { $disk.UniqueId }) }
		'RemoveMember' { $gone = @(foreach ($disk in $Arguments['StorageObjects']) { $disk.UniqueId }); $group.disks = @($group.disks | Where-Object { $gone -notcontains $_ }) }
		'DeleteObject' {
			if (@($group.disks).Count -gt 0) { return (New-Answer 5 'the group is not empty') }
			$State.groups = @($State.groups | Where-Object { $_.name -ne $group.name })
		}
	}
	return (New-Answer 0 '')
}

function Set-GroupRelationship($State, $Group, $Arguments) {
	$operation = [int]$Arguments['Operation']
	$peer = [string]$Arguments['TargetGroup'].PeerUniqueId
	$relationship = $State.groupRelationships | Where-Object { ($_.source -eq $Group.name -and 'UID-group-' + $_.target -eq $peer) -or ($_.target -eq $Group.name -and 'UID-group-' + $_.source -eq $peer) } | Select-Object -First 1
	if ($null -eq $relationship) { return (New-Answer 8 'no such relationship') }
	$array = $State.arrays | Where-Object { $_.friendlyName -eq $Group.array }
	if ($null -ne $array.groupOperations -and $array.groupOperations -notcontains $operation) { return (New-Answer 1 "operation $operation is not supported") }
	$source, $target = (Get-Group $State $relationship.source), (Get-Group $State $relationship.target)
	if (5, 13 -contains $operation) {
		$named = @(foreach ($link in @($Arguments['SyncPairs'])) { if ($null -ne $link) { Get-RelationshipOf $State $link } })
		if ($named.Count -eq 0) { return (New-Answer 5 'no SyncPairs') }
		foreach ($pair in $named) {
			$source.disks = @($source.disks | Where-Object { $_ -ne $pair.source })
			$target.disks = @($target.disks | Where-Object { $_ -ne $pair.target })
			if ($operation -eq 5) { $source.disks += $pair.source; $target.disks += $pair.target }
		}
	} elseif ($operation -eq 3) { $relationship.consistencyState = 3 }
	elseif ($operation -eq 6) { $relationship.consistencyState = 4 }
	else {
		$moved = @($State.relationships | Where-Object { @($source.disks) -contains $_.source -and @($target.disks) -contains $_.target })
		$steps = @(foreach ($each in $moved) { @{ pair = $each; step = (Get-Step $State $each $operation @() ($target.name -eq $Group.name)) } })
		foreach ($each in $steps) { if ($null -eq $each.step) { return (New-Answer 5 "operation $operation is not possible in CopyState $($each.pair.copyState)") } }
		foreach ($each in $steps) { Set-Members $each.pair $each.step.then; Set-Members $relationship $each.step.then }
	}
	$answer = New-Answer 0 ''
	if ($State.settings.jobs -eq 'never' -or -not $Arguments.Contains('RunAsJob')) { return $answer }
	Add-EndedJob $State (New-EndedJob ('group:' + $Group.name)) $answer
	$answer.ReturnValue = 4096
	return $answer
}

# The relationship that a link or a pair of disks is of.
function Get-RelationshipOf($State, $Link) {
	if ($Link.PSObject.Properties['ReplicaPeer']) {
		$id = (Get-KeyOf $Link.ReplicaPeer).Split(':')[1]
		return ($State.relationships | Where-Object { $_.id -eq $id })
	}
	$source, $target = (Get-KeyOf $Link.SourceVirtualDisk), (Get-KeyOf $Link.TargetVirtualDisk)
	return ($State.relationships | Where-Object { (Get-Disk $State $_.source).objectId -eq $source -and (Get-Disk $State $_.target).objectId -eq $target })
}

function New-GroupRelationship($State, $Group, $Arguments) {
	$array = [string]$Arguments['TargetStorageSubsystem'].PeerSubsystemName
	$name = ([string]$Arguments['TargetGroupObjectId']).Replace('group:', '')
	if ($name -eq '') {
		$name = [string]$Arguments['FriendlyName']
		$State.groups = @($State.groups) + [pscustomobject]@{ name = $name; array = $array; disks = @() }
	}
	if ($null -eq (Get-Group $State $name)) { return (New-Answer 8 'no such group') }
	$made = [pscustomobject]@{ id = [guid]::NewGuid().ToString('N'); source = $Group.name; target = $name; copyState = 3; progressStatus = 6; syncMode = 3; syncType = [int]$Arguments['SyncType']; percentSynced = $null; behindSeconds = $null; consistencyState = $null }
	$State.groupRelationships = @($State.groupRelationships | Where-Object { $null -ne $_ }) + $made
	$answer = New-Answer 0 ''
	$answer.Outputs['CreatedReplicaPeer'] = Get-GroupPeers $State $made 'target' 'local'
	return $answer
}
