export { ODD_NAMES } from 'nas-sync/testing';
