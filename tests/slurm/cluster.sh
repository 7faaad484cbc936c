#!/usr/bin/env bash
# A real Slurm on one machine, for the tests: munged, slurmctld and three slurmds on loopback.
#
#   cluster.sh up DIR      start it; everything it writes is under DIR; prints the SLURM_CONF to export
#   cluster.sh down DIR    cancel its jobs and stop exactly what `up` started
#
# Needs root and Debian's packages (installed if absent). Touches neither /etc/slurm nor a Slurm that
# already runs here: its own configuration, ports, munge key and socket. The nodes are one machine under
# three names, with four pretend GPUs each. n1 and n2 make the partition `gpu`; on n3 jobs of `urgent`
# push out those of `scavenge`. No cgroups: a server that a job leaves behind stays alive, and shows.
set -euo pipefail

PACKAGES=(munge slurmctld slurmd slurm-client)
NODES=(n1 n2 n3)

say() { echo "cluster: $*" >&2; }
die() {
  say "$*"
  local file
  for file in "$DIR"/log/*.log; do
    [ -s "$file" ] && { echo "--- $file" >&2; tail -n 15 "$file" >&2; }
  done
  exit 1
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
  local tries=$(($1 * 10)); shift
  while ! "$@" >/dev/null 2>&1; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
}

# is_running PIDFILE NAME: that pid is alive and is that program
is_running() {
  local pid
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ]
}

install_packages() {
  local missing=() package
  for package in "${PACKAGES[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  local policy=/usr/sbin/policy-rc.d made=""
  if [ ! -e $policy ]; then    # the packages would start daemons that have no configuration yet
    printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; made=1
  fi
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } \
    >"$DIR/log/apt.log" 2>&1 || { [ -z "$made" ] || rm -f $policy; die "the packages cannot be installed"; }
  [ -z "$made" ] || rm -f $policy
}

free_ports() { # N distinct ports nobody listens on
  python3 - "$1" <<'PY'
import socket, sys
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in held))
PY
}

write_configuration() {
  local host ports node gpu
  host=$(hostname -s)
  read -ra ports < <(free_ports 4)
  for gpu in 0 1 2 3; do mknod -m 666 "$DIR/gpu$gpu" c 1 3; done   # /dev/null under another name
  for node in "${NODES[@]}"; do echo "NodeName=$node Name=gpu File=$DIR/gpu[0-3]"; done >"$DIR/gres.conf"
  cat >"$DIR/slurm.conf" <<CONF
ClusterName=slangrag
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports[3]}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
# cred_expire is also how long a requeued job waits before it may start again (120 s unless told; 5 at least)
AuthInfo=socket=$DIR/munge/socket,cred_expire=5
StateSaveLocation=$DIR/state
SlurmdSpoolDir=$DIR/spool-%n
SlurmctldPidFile=$DIR/slurmctld.pid
SlurmdPidFile=$DIR/slurmd-%n.pid
SlurmctldLogFile=$DIR/log/slurmctld.log
SlurmdLogFile=$DIR/log/slurmd-%n.log
SlurmctldDebug=info
SlurmdDebug=info
# linuxproc leaves alone what outlives a script that ended by itself: a leaked server shows
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,sched_min_interval=0,bf_interval=2
SlurmctldParameters=preempt_send_user_signal
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PriorityType=priority/basic
JobRequeue=1
JobFileAppend=0
KillWait=5
CompleteWait=0
MinJobAge=3600
InactiveLimit=0
SlurmctldTimeout=30
SlurmdTimeout=60
MessageTimeout=10
ReturnToService=2
EnforcePartLimits=ALL
# trust the numbers below: the scripts ask for more cores and memory than a small machine has
SlurmdParameters=config_overrides
GresTypes=gpu
NodeName=DEFAULT CPUs=32 Boards=1 SocketsPerBoard=1 CoresPerSocket=32 ThreadsPerCore=1 RealMemory=256000 Gres=gpu:4
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[0]}
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[1]}
NodeName=n3 NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[2]}
PartitionName=DEFAULT MaxTime=INFINITE DefaultTime=00:10:00 DefMemPerCPU=1000
PartitionName=gpu Nodes=n1,n2 Default=YES
PartitionName=scavenge Nodes=n3 PriorityTier=1 PreemptMode=REQUEUE GraceTime=8
PartitionName=urgent Nodes=n3 PriorityTier=10 PreemptMode=OFF
CONF
}

start_munge() {
  dd if=/dev/urandom of="$DIR/munge/key" bs=1024 count=1 status=none
  chmod 400 "$DIR/munge/key"
  chown -R munge:munge "$DIR/munge"
  setpriv --reuid=munge --regid=munge --clear-groups /usr/sbin/munged --key-file="$DIR/munge/key" \
    --socket="$DIR/munge/socket" --pid-file="$DIR/munge/pid" --log-file="$DIR/munge/log" \
    --seed-file="$DIR/munge/seed" </dev/null >"$DIR/log/munged-start.log" 2>&1 || die "munged did not start"
  wait_for 10 munge -n -S "$DIR/munge/socket" || die "munged does not answer"
}

nodes_idle() { [ "$(sinfo -h -N -p gpu,urgent -o %T | grep -c '^idle$')" = ${#NODES[@]} ]; }

up() {
  [ "$(id -u)" = 0 ] || { say "a Slurm can only be started as root"; exit 77; }
  mkdir -p "$DIR/log" "$DIR/state" "$DIR/munge"
  chmod 755 "$DIR" "$DIR/munge"
  install_packages
  write_configuration
  export SLURM_CONF=$DIR/slurm.conf
  start_munge
  slurmctld -c -f "$SLURM_CONF" </dev/null >"$DIR/log/slurmctld-start.log" 2>&1 || die "slurmctld did not start"
  wait_for 15 scontrol ping || die "slurmctld does not answer"
  local node
  for node in "${NODES[@]}"; do
    mkdir -p "$DIR/spool-$node"
    slurmd -c -N "$node" -f "$SLURM_CONF" </dev/null >"$DIR/log/slurmd-$node-start.log" 2>&1 || die "slurmd $node did not start"
  done
  wait_for 20 nodes_idle || { sinfo -N -l >&2; die "the nodes did not become idle"; }
  echo "$SLURM_CONF"
}

has_ended() { ! grep -q '^State:[[:space:]]*[^Z[:space:]]' "/proc/$1/status" 2>/dev/null; }   # a zombie has
stop() { # stop PIDFILE NAME
  local pid
  is_running "$1" "$2" || return 0
  pid=$(cat "$1")
  kill -TERM "$pid"
  wait_for 10 has_ended "$pid" || { say "$2 ($pid) ignores TERM"; kill -KILL "$pid"; }
}

down() {
  export SLURM_CONF=$DIR/slurm.conf
  if is_running "$DIR/slurmctld.pid" slurmctld; then
    scancel --user=root 2>/dev/null || true
    wait_for 30 no_jobs || say "jobs are still there"
  fi
  local node
  for node in "${NODES[@]}"; do stop "$DIR/slurmd-$node.pid" slurmd; done
  stop "$DIR/slurmctld.pid" slurmctld
  stop "$DIR/munge/pid" munged
}
no_jobs() { [ -z "$(squeue -h)" ]; }

[ $# = 2 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
DIR=$(realpath -m "$2")
case $1 in
  up) up ;;
  down) down ;;
  *) say "up or down, not $1"; exit 2 ;;
esac
