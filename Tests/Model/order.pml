/* The order of one contact's entries 1..N, as the bridge keeps it: one partition, R replicas, and a Redis that fails over and loses a suffix of its
 * writes, with an old server that may live on. Time is counted in ticks; a replica that does nothing for some ticks is paused.
 *
 * `check` has the runs. Words are those of docs/explanation/ordering.md. A switch of the protocol is 1 as it was built; 0 is a fault planted back. */

/* Bounds, and what happens to the replicas and to Redis: how often at most. */
#ifndef N
#define N 2              /* entries */
#endif
#ifndef R
#define R 2              /* replicas */
#endif
#ifndef FAILOVERS
#define FAILOVERS 0      /* also restarts from an older state */
#endif
#ifndef STALE
#define STALE 0          /* 1: the old server may go on answering; 0: it is dead */
#endif
#ifndef LATE
#define LATE 0           /* 1: and it may get an entry that the new one never has, with an ID among those of the new one */
#endif
#ifndef BACK
#define BACK 0           /* connections that go back from the new server to the old one */
#endif
#ifndef HANDOVERS
#define HANDOVERS 0      /* clean releases */
#endif
#ifndef CRASHES
#define CRASHES 0        /* deaths of processes */
#endif
#ifndef LOST
#define LOST 0           /* answers that get lost: cursors go back within a tenure, a beat is not heard */
#endif
#ifndef TENURES
#define TENURES 0        /* ends of pauses, what UnreadWatch finds: a new tenure of the same owner */
#endif
#ifndef SETIDS
#define SETIDS 0         /* XGROUP SETID 0 by an operator */
#endif
#ifndef DESTROYS
#define DESTROYS 0       /* XGROUP DESTROY by an operator */
#endif
#ifndef DELETIONS
#define DELETIONS 0      /* the leases' key is deleted by an operator */
#endif
#ifndef FOREIGN
#define FOREIGN 0        /* entries that another program reads with the group and never acknowledges */
#endif
#ifndef WIRE
#define WIRE 0           /* 1: an acknowledgement that was sent takes effect some time later */
#endif
#ifndef CLAIMS
#define CLAIMS 3         /* the highest epoch */
#endif
#ifndef LA
#define LA 2             /* lease time of replica 0, which is the group's */
#endif
#ifndef LB
#define LB LA            /* lease time of the others */
#endif
#ifndef T
#define T 1              /* longest request */
#endif
#ifndef G
#define G 1              /* ticks until the sentinels' majority knows of a promotion */
#endif
#ifndef EVENT
#define EVENT 0          /* an entry with an idempotency key: a second request of it changes nothing, 409 */
#endif

/* The protocol. */
#ifndef TENURE
#define TENURE 1         /* what a process has read and ended belongs to one tenure */
#endif
#ifndef ACKS
#define ACKS 1           /* so do acknowledgements, and ends of requests that an earlier tenure started */
#endif
#ifndef INCARNATION
#define INCARNATION 1    /* every script compares the incarnation */
#endif
#ifndef MAJORITY
#define MAJORITY 1       /* a renewal counts when the sentinels' majority names the same server */
#endif
#ifndef CONFIRMED
#define CONFIRMED 1      /* in another incarnation nothing starts before such a renewal, however good the lease is by those before */
#endif
#ifndef CLAIMGRACE
#define CLAIMGRACE 1     /* a claim waits for the sentinels as well, and not only settling */
#endif
#ifndef SHARED
#define SHARED 1         /* the lease time is the group's: a holder takes the smaller, a claimant the larger */
#endif
#ifndef PROPERTIES
#define PROPERTIES 1     /* a 409 is followed by the event's contact properties as an update */
#endif
#ifndef MARKER
#define MARKER 1         /* deleted leases are a new, unsettled incarnation */
#endif
#ifndef SETBACK
#define SETBACK 1        /* a position that was set back is a new incarnation */
#endif
#ifndef TAKEBACK
#define TAKEBACK 1       /* and what is pending behind it is taken out of the pending lists first */
#endif
#ifndef FLOOR
#define FLOOR 1          /* a group that was destroyed begins at the oldest entry that was pending at a heartbeat */
#endif
#ifndef ADOPTFIRST
#define ADOPTFIRST 1     /* nothing is routed while another program's consumer has something pending */
#endif
#ifndef ADOPTNOTES
#define ADOPTNOTES 1     /* adopt notes the position as route does; what was routed before begins a new incarnation */
#endif
#ifndef POSITION
#define POSITION 1       /* route: the position must be the one that the peek began behind */
#endif
#ifndef CAPTURED
#define CAPTURED 1       /* route: the incarnation is the one that was known at the peek, not at the route */
#endif
#ifndef PEEKCHECK
#define PEEKCHECK 1      /* peek: only on a connection on which the known incarnation was seen */
#endif
#ifndef PULLCHECK
#define PULLCHECK 1      /* pull: contents count only from the connection on which they were granted */
#endif
#ifndef NEXTEPOCH
#define NEXTEPOCH 1      /* a new tenure of the same owner has the lease's next epoch */
#endif
#ifndef REACH
#define REACH 0          /* 1: show that the end is reached with all faults behind it, by a trail */
#endif

#define MAXL (LA > LB -> LA : LB)
#define OWN(r) (r == 0 -> LA : LB)
#define HOLDS(r) (SHARED -> (OWN(r) < LA -> OWN(r) : LA) : OWN(r))
#define WAITS(r) (SHARED -> (OWN(r) > LA -> OWN(r) : LA) : OWN(r))
#define SETTLES(r) (WAITS(r) + (MAJORITY -> G : 0))
#define CLAIMABLE(r) (WAITS(r) + (MAJORITY && CLAIMGRACE -> G : 0))
#define MANY (MAXL + G + 1)
#define ALL ((1 << N) - 1)
#define BIT(e) (1 << ((e) - 1))
#define UPTO(e) ((1 << (e)) - 1)
#define NOBODY 0
#define DEAD 9

/* Lists hold up to three entries of two bits. The late entry of an old server has the ID N there, and the value LATER in a process. */
#define LATER (N + 1)
#define ID(e) ((e) > N -> N : (e))
#define HAS(list, e) (((list) & 3) == (e) || (((list) >> 2) & 3) == (e) || (((list) >> 4) & 3) == (e))

typedef Server {
  byte has;                             /* the stream, a set of IDs */
  bit isLate;                           /* its entry N is one that the new server never has */
  byte pending, foreign;                /* sets: pending in the partition, and with another program's consumer */
  byte position, highest, floor;        /* up to where the group has read; the last that a route noted; and what a heartbeat noted */
  bit isGone;                           /* the group */
  byte owner, epoch, news;              /* the lease; who has not seen the owner's last beat yet */
  bit isSettled, isMarked;
  byte incarnation
}
Server s[FAILOVERS + 1], snap;
byte cur, incarnations = 1, since;
bit isDead[FAILOVERS + 1], hasSnap;
byte failovers = FAILOVERS, handovers = HANDOVERS, crashes = CRASHES, losses = LOST, tenures = TENURES, setids = SETIDS, destroys = DESTROYS,
  deletions = DELETIONS, foreigners = FOREIGN, backs = BACK;

byte conn[R], known[R];                                              /* the server that is connected, and the incarnation that is known */
byte hold[R], age[R], silent[R], waited[R], sawOwner[R], sawEpoch[R];  /* the lease that is held, and clocks */
byte cursor[R], high[R], hand[R], acks[R], flying[R], flown[R], memory[R];
bit draining[R], isOld[R];
byte peek[R], from[R], peekedAt[R];                                  /* what was peeked, a set; behind which position; under which incarnation */
byte grant[R];                                                       /* what may be pulled, a set */
byte sent[R], sentTo[R], sentEpoch[R], sentAt[R];                    /* acknowledgements under way, a set: where to, and its fencing token */

byte last, seen, busy;
bit isLateLast;

#define COPY(a, b) a.has = b.has; a.pending = b.pending; a.foreign = b.foreign; a.position = b.position; a.highest = b.highest; \
  a.floor = b.floor; a.isGone = b.isGone; a.owner = b.owner; a.epoch = b.epoch; a.news = b.news; a.isSettled = b.isSettled; a.isMarked = b.isMarked
#define CLEAR(a) a.has = 0; a.isLate = 0; a.pending = 0; a.foreign = 0; a.position = 0; a.highest = 0; a.floor = 0; a.isGone = 0; a.owner = 0; \
  a.epoch = 0; a.news = 0; a.isSettled = 0; a.isMarked = 0
#define ALLBUT(r) (((1 << R) - 1) & ~(1 << (r)))
#define LIVES(r) (!isDead[conn[r]])
#define ISMINE(r, c) (hold[r] != 0 && s[c].owner == (r) + 1 && s[c].epoch == hold[r])
#define KNOWS(r, c) (!INCARNATION || known[r] == s[c].incarnation)
#define ISQUIET(r) (flying[r] == 0 && hand[r] == 0 && acks[r] == 0 && sent[r] == 0 && grant[r] == 0)

inline push(list, e) {
  if
  :: list == 0 -> list = e
  :: else -> if :: (list >> 2) == 0 -> list = list | (e << 2) :: else -> list = list | (e << 4) fi
  fi
}

inline die(x) { isDead[x] = 1; CLEAR(s[x]); if :: x + 1 == cur -> since = G + 1 :: else fi }

inline begin(c) { incarnations++; s[c].incarnation = incarnations }

/* Nothing of what was read before counts any more, in this process. */
inline newTenure(r) {
  hand[r] = 0; cursor[r] = 0; high[r] = 0; grant[r] = 0;
  if :: flying[r] -> isOld[r] = 1 :: else fi;
  if :: TENURE -> memory[r] = 0 :: else fi;
  if :: ACKS -> acks[r] = 0 :: else fi
}

inline reconnect(r, c) {
  conn[r] = c;
  if :: PULLCHECK && grant[r] -> grant[r] = 0; cursor[r] = 0 :: else fi
}

inline forgetPeek(r) { peek[r] = 0; from[r] = 0; peekedAt[r] = 0 }

/* A request takes effect: first deliveries in order, and no step forward over an entry, so that a suffix is replayed as a whole (S1). */
inline apply(e) {
  if
  :: e > N -> isLateLast = 1
  :: e == EVENT && (seen & BIT(e)) && !PROPERTIES -> skip
  :: else -> assert(e <= last + 1); last = e; seen = (EVENT -> seen | BIT(e) : 0); isLateLast = 0
  fi
}

inline heartbeat(r) {
  c = conn[r];
  if
  :: MARKER && !s[c].isMarked -> begin(c); s[c].isSettled = 0; s[c].isMarked = 1
  :: else
  fi;
  if
  :: s[c].isGone -> begin(c); s[c].isGone = 0; s[c].position = (FLOOR -> s[c].floor : s[c].position); s[c].highest = s[c].position
  :: else
  fi;
  if
  :: DESTROYS -> s[c].floor = s[c].highest; e = 1;
     do
     :: e > N -> break
     :: e <= N && ((s[c].pending | s[c].foreign) & BIT(e)) -> s[c].floor = e - 1; break
     :: else -> e++
     od; e = 0
  :: else
  fi;
  same = known[r] == s[c].incarnation; first = known[r] == 0;
  if :: s[c].owner == r + 1 -> s[c].news = ALLBUT(r) :: else fi;
  if
  :: draining[r] && ISQUIET(r) && ISMINE(r, c) -> s[c].owner = NOBODY
  :: else
  fi;
  if :: same && !s[c].isSettled && waited[r] >= SETTLES(r) -> s[c].isSettled = 1 :: else fi;
  if
  :: same && s[c].isSettled && hold[r] == 0 && sawOwner[r] == s[c].owner && sawEpoch[r] == s[c].epoch && s[c].epoch < CLAIMS &&
     (s[c].owner == NOBODY || (s[c].owner != r + 1 && silent[r] >= CLAIMABLE(r) && !(s[c].news & (1 << r)))) ->
     s[c].owner = r + 1; s[c].epoch++; s[c].news = ALLBUT(r)
  :: true
  fi;
  if
  :: losses -> losses--                                                     /* the answer is lost */
  :: true ->
     if :: !same -> waited[r] = 0; silent[r] = 0 :: else fi;
     if :: sawOwner[r] != s[c].owner || (s[c].news & (1 << r)) -> silent[r] = 0 :: else fi;
     s[c].news = s[c].news & ALLBUT(r);
     good = same || (!first && age[r] < HOLDS(r));
     if
     :: hold[r] && (!good || s[c].owner != r + 1 || s[c].epoch != hold[r]) -> hold[r] = 0; draining[r] = 0; newTenure(r)
     :: else -> if
        :: !same && !first && TENURE -> newTenure(r)
        :: !same && !first && !TENURE -> cursor[r] = 0
        :: else
        fi
     fi;
     if
     :: hold[r] == 0 && s[c].isSettled && (same || first) && s[c].owner == r + 1 -> hold[r] = s[c].epoch; cursor[r] = 0; high[r] = 0; grant[r] = 0
     :: else
     fi;
     known[r] = s[c].incarnation; sawOwner[r] = s[c].owner; sawEpoch[r] = s[c].epoch;
     if :: s[c].isSettled -> waited[r] = 0 :: else fi;
     if :: s[c].owner == r + 1 || s[c].owner == NOBODY -> silent[r] = 0 :: else fi;
     /* The majority changes its mind once, at last G after the promotion. */
     if
     :: !MAJORITY || (c == cur && (cur == 0 || since > G)) || (c + 1 == cur && since <= G) -> age[r] = 0
     :: MAJORITY && c == cur && cur > 0 && since <= G -> age[r] = 0; since = G + 1
     :: MAJORITY && (c != cur || (cur > 0 && since <= G)) -> if :: CONFIRMED && !same -> age[r] = MANY :: else fi
     fi;
     /* What is not looked at again has one value, which keeps the states few. */
     if :: hold[r] -> sawOwner[r] = 0; sawEpoch[r] = 0; silent[r] = 0 :: else -> age[r] = MANY; cursor[r] = 0; high[r] = 0 fi
  fi;
  c = 0; same = 0; first = 0; good = 0
}

/* Two steps: contents are read outside of scripts, with XRANGE; only IDs go to the script. Whoever runs it may own another partition. */
inline peekBehind(r) {
  c = conn[r]; from[r] = s[c].position; peekedAt[r] = known[r]; peek[r] = s[c].has & ~UPTO(s[c].position);
  if
  :: true
  :: e = from[r] + 1; do :: peek[r] & BIT(e) -> break :: else -> e++ od; peek[r] = BIT(e)          /* no more than one fits */
  fi;
  c = 0; e = 0
}

inline route(r) {
  c = conn[r];
  if
  :: s[c].isGone || (INCARNATION && (CAPTURED -> peekedAt[r] : known[r]) != s[c].incarnation)
  :: else -> if
     :: ADOPTFIRST && s[c].foreign
     :: else -> if
        :: SETBACK && s[c].position < s[c].highest -> begin(c); s[c].highest = s[c].position;
           if :: TAKEBACK -> s[c].pending = s[c].pending & UPTO(s[c].position) :: else fi
        :: else ->
           /* Another replica may have been here first: what it has not routed is still all there is. Behind a gap nothing is. */
           if :: POSITION -> peek[r] = (from[r] > s[c].position -> 0 : peek[r] & ~UPTO(s[c].position)) :: else fi;
           if
           :: peek[r] ->
              s[c].pending = s[c].pending | (peek[r] & s[c].has);
              e = N; do :: peek[r] & BIT(e) -> break :: else -> e-- od;
              s[c].position = e; s[c].highest = e
           :: else
           fi
        fi
     fi
  fi;
  forgetPeek(r); c = 0; e = 0
}

inline adopt(r) {
  c = conn[r]; s[c].pending = s[c].pending | s[c].foreign;
  if :: ADOPTNOTES && (s[c].foreign & UPTO(s[c].highest)) -> begin(c) :: else fi;
  do
  :: ADOPTNOTES && (s[c].foreign >> s[c].highest) -> s[c].highest++
  :: else -> break
  od;
  s[c].foreign = 0; c = 0
}

/* Two steps as well: the script looks at the lease and says how many there are and up to where; contents are read outside of it. */
inline ask(r) {
  c = conn[r]; grant[r] = s[c].pending & ~UPTO(cursor[r]);
  if
  :: true
  :: e = cursor[r] + 1; do :: grant[r] & BIT(e) -> break :: else -> e++ od; grant[r] = BIT(e)
  fi;
  c = 0; e = 0
}

inline pull(r) {
  c = conn[r]; e = cursor[r] + 1;
  do
  :: grant[r] == 0 || e > N -> break
  :: else ->
     if
     :: (s[c].pending & BIT(e)) && (grant[r] >> (e - 1)) -> take(r, e)
     :: else
     fi;
     if :: (grant[r] >> (e - 1)) == 1 -> cursor[r] = e; grant[r] = 0 :: else fi;
     e++
  od;
  c = 0; e = 0
}

inline take(r, x) {
  same = TENURE && x <= high[r];                  /* ended in this tenure, when it is not in hand */
  if :: TENURE && x > high[r] -> high[r] = x :: else fi;
  got = (x == N && s[c].isLate -> LATER : x);
  if
  :: HAS(hand[r], got) || flying[r] == got || same || (TENURE && HAS(acks[r], got)) -> skip
  :: else -> if
     :: memory[r] & BIT(got) -> if :: !HAS(acks[r], got) -> push(acks[r], got) :: else fi
     :: else -> push(hand[r], got)
     fi
  fi;
  same = 0; got = 0
}

proctype Replica(byte r) {
  byte c, e, got; bit same, first, good;
  do
  :: atomic { LIVES(r) -> heartbeat(r) }
  :: atomic { conn[r] != cur -> reconnect(r, cur) }                                /* its connection broke, it asked where to go */
  :: atomic { backs && cur && conn[r] == cur && !isDead[cur - 1] -> backs--; reconnect(r, cur - 1) }  /* a minority told it where to go */
  :: atomic { LIVES(r) && known[r] && !draining[r] && peek[r] == 0 && !s[conn[r]].isGone && (s[conn[r]].has >> s[conn[r]].position) &&
       (!PEEKCHECK || KNOWS(r, conn[r])) -> peekBehind(r) }
  :: atomic { LIVES(r) && peek[r] -> route(r) }
  :: atomic { LIVES(r) && known[r] && s[conn[r]].foreign && KNOWS(r, conn[r]) -> adopt(r) }
  :: atomic { LIVES(r) && ISMINE(r, conn[r]) && !draining[r] && KNOWS(r, conn[r]) && !(flying[r] && isOld[r]) && grant[r] == 0 &&
       (s[conn[r]].pending >> cursor[r]) -> ask(r) }
  :: atomic { LIVES(r) && grant[r] && !draining[r] && !s[conn[r]].isGone -> pull(r) }
  :: atomic { hand[r] && flying[r] == 0 && hold[r] && !draining[r] && age[r] + T < HOLDS(r) ->                 /* a request begins */
       assert(busy == 0); busy++;
       flying[r] = hand[r] & 3; hand[r] = hand[r] >> 2; flown[r] = 0; isOld[r] = 0 }
  :: atomic { flying[r] ->                                                                                     /* it ends */
       e = flying[r]; flying[r] = 0; busy--;
       if
       :: true -> apply(e);
          if
          :: ACKS && isOld[r] -> skip
          :: else -> if :: !TENURE -> memory[r] = memory[r] | BIT(e) :: else fi;
             if :: !HAS(acks[r], e) -> push(acks[r], e) :: else fi
          fi
       :: true -> if :: true -> apply(e) :: true fi;                                                           /* without an answer */
          if :: !isOld[r] && !draining[r] -> hand[r] = (hand[r] << 2) | e :: else fi
       fi;
       isOld[r] = 0; flown[r] = 0; e = 0 }
  :: atomic { !WIRE && acks[r] && LIVES(r) && KNOWS(r, conn[r]) ->                                            /* acknowledge */
       c = conn[r]; e = acks[r] & 3; acks[r] = acks[r] >> 2;
       if :: ISMINE(r, c) -> s[c].pending = s[c].pending & ~BIT(ID(e)) :: else fi; c = 0; e = 0 }
  :: atomic { WIRE && acks[r] && hold[r] && LIVES(r) && sent[r] == 0 -> 
       do :: acks[r] -> sent[r] = sent[r] | BIT(ID(acks[r] & 3)); acks[r] = acks[r] >> 2 :: else -> break od;
       sentTo[r] = conn[r]; sentEpoch[r] = hold[r]; sentAt[r] = known[r] }
  :: atomic { WIRE && sent[r] ->
       c = sentTo[r];
       if
       :: !isDead[c] && (!INCARNATION || sentAt[r] == s[c].incarnation) && s[c].owner == r + 1 && s[c].epoch == sentEpoch[r] ->
          s[c].pending = s[c].pending & ~sent[r]
       :: else
       fi;
       sent[r] = 0; sentTo[r] = 0; sentEpoch[r] = 0; sentAt[r] = 0; c = 0 }
  :: atomic { handovers && hold[r] && !draining[r] -> handovers--; draining[r] = 1; hand[r] = 0; grant[r] = 0 }
  :: atomic { losses && hold[r] && (cursor[r] || grant[r]) -> losses--; cursor[r] = 0; grant[r] = 0 }
  :: atomic { tenures && LIVES(r) && ISMINE(r, conn[r]) && KNOWS(r, conn[r]) && !draining[r] -> tenures--;
       if :: NEXTEPOCH -> s[conn[r]].epoch++; hold[r] = s[conn[r]].epoch :: else fi; newTenure(r) }
  :: atomic { crashes -> crashes--;
       if :: flying[r] -> busy--; if :: true -> apply(flying[r]) :: true fi :: else fi;
       flying[r] = 0; flown[r] = 0; isOld[r] = 0; hand[r] = 0; acks[r] = 0; memory[r] = 0; hold[r] = 0; draining[r] = 0; known[r] = 0;
       age[r] = MANY; cursor[r] = 0; high[r] = 0; silent[r] = 0; waited[r] = 0; sawOwner[r] = NOBODY; sawEpoch[r] = 0; conn[r] = cur;
       forgetPeek(r); grant[r] = 0;
       for (c : 0 .. FAILOVERS) { if :: s[c].owner == r + 1 -> s[c].owner = DEAD :: else fi }
       if :: snap.owner == r + 1 -> snap.owner = DEAD :: else fi; c = 0 }
  od
}

#define OLDER(x, most) if :: x < most -> x++ :: else fi
#define MAYPASS(r) (flying[r] == 0 || flown[r] < T)
proctype World() {
  byte i;
  do
  :: atomic { MAYPASS(0) && MAYPASS(R / 2) && MAYPASS(R - 1) ->                                                    /* a tick */
       for (i : 0 .. R - 1) {
         OLDER(age[i], MANY); OLDER(silent[i], MAXL + G); OLDER(waited[i], MAXL + G);
         if :: flying[i] -> flown[i]++ :: else fi
       }
       if :: cur > 0 && since <= G -> since++ :: else fi; i = 0 }
  :: atomic { failovers && !hasSnap -> COPY(snap, s[cur]); hasSnap = 1 }              /* what will have been replicated when it fails */
  :: atomic { failovers && hasSnap -> failovers--; hasSnap = 0; cur++; since = 0;
       COPY(s[cur], snap); begin(cur); s[cur].isSettled = 0;
       CLEAR(snap);
       if
       :: die(cur - 1)
       :: STALE
       :: STALE && LATE && s[cur - 1].position < N && !((peek[0] | peek[R / 2] | peek[R - 1]) & BIT(N)) ->            /* takes a late write */
          s[cur - 1].isLate = 1; i = s[cur - 1].position;
          do :: i + 1 < N -> i++ :: break od;
          s[cur - 1].has = UPTO(i) | BIT(N); i = 0
       fi }
  :: atomic { cur > 0 && !isDead[0] -> die(0) }                                       /* demoted at last: connections are cut */
  :: atomic { FAILOVERS > 1 && cur > 1 && !isDead[FAILOVERS - 1] -> die(FAILOVERS - 1) }
  :: atomic { setids && s[cur].position -> setids--; s[cur].position = 0 }
  :: atomic { destroys && !s[cur].isGone && s[cur].position -> destroys--; s[cur].isGone = 1; s[cur].pending = 0; s[cur].foreign = 0 }
  :: atomic { deletions && s[cur].owner -> deletions--; s[cur].owner = NOBODY; s[cur].epoch = 0; s[cur].news = 0; s[cur].isMarked = 0 }
  :: atomic { foreigners && !s[cur].isGone && s[cur].position < N -> foreigners--; s[cur].position++;
       s[cur].foreign = s[cur].foreign | BIT(s[cur].position) }
  :: atomic { !s[cur].isGone && s[cur].pending == 0 && s[cur].foreign == 0 && s[cur].position == N && ISQUIET(0) && ISQUIET(R / 2) && ISQUIET(R - 1) ->
       assert(last == N && !isLateLast);                                              /* all is settled: nothing lost, the newest last (S2) */
       assert(!REACH || failovers || handovers || crashes || losses || tenures || setids || destroys || deletions || foreigners) }
  od
}

init {
  byte i;
  atomic {
    s[0].has = ALL; s[0].incarnation = 1; s[0].isSettled = 1; s[0].isMarked = 1;
    for (i : 0 .. R - 1) { age[i] = MANY }
    i = 0;
    for (i : 0 .. R - 1) { run Replica(i) }
    i = 0; run World()
  }
}
