BEGIN TRANSACTION;
CREATE TABLE records (
    run TEXT NOT NULL, step INTEGER NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (run, step, kind)
) WITHOUT ROWID;
INSERT INTO "records" VALUES('AAAAAAAAAAAAAAAAAAAAAA',1,'step','{"kind":"step","step":1,"epoch":1,"loss":0.5,"theta":[0.25,-0.25],"gradient":[0.5,-0.5],"images_per_second":10.0,"images":[],"gradient_norms":[]}');
CREATE TABLE runs (
    id TEXT PRIMARY KEY, key TEXT NOT NULL, viewer TEXT NOT NULL, server TEXT NOT NULL, created REAL NOT NULL,
    config TEXT NOT NULL, state TEXT NOT NULL, seconds REAL NOT NULL, attempts INTEGER NOT NULL,
    note TEXT, error TEXT, details TEXT, evaluation TEXT, run_file BLOB
);
INSERT INTO "runs" VALUES('AAAAAAAAAAAAAAAAAAAAAA','c69fb40feba930717e71f01707a9fccd9ec6997e59f96ea8d1f7a076a5facec1','ann','1:1.0',1000.5,'{"backend":null,"side_by_side":true,"depolarizing_1q":0.0,"depolarizing_2q":0.0,"readout_e0":0.0,"readout_e1":0.0,"t1_us":null,"t2_us":null,"gate_time_1q_ns":35.0,"gate_time_2q_ns":300.0,"digits":[3,7],"n_train":20,"n_test":10,"head":"circuit","shots":100,"shift":1.5707963267948966,"gradient_rule":"parameter-shift","loss":"cross-entropy","exact_evaluation":false,"batch_size":8,"epochs":2,"learning_rate":0.001,"engine":"aer","seed":0}','running',1.5,1,NULL,NULL,NULL,'null',NULL);
CREATE INDEX by_viewer ON runs (viewer, created);
CREATE INDEX by_age ON runs (created);
COMMIT;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
